"""Training with layers split over processes, by data, by model, or both."""
