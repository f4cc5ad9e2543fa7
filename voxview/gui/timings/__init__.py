"""The page of stage timings."""
