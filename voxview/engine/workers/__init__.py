"""Worker processes, one for each further GPU, that encode and score parts of a set of chairs."""
