"""Opening, importing, exporting."""
