"""One request, one result with its stage timings. No Qt and no VTK here."""
