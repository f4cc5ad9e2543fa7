"""Evaluation of weights: baselines, metrics over pairs and morphs, and reports."""
