"""Small widgets that know nothing of chairs."""
