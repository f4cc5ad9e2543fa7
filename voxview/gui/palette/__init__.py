"""The page of the catalog's map."""
