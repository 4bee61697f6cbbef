"""Tuning jobs: from a training file to a model that can be called by name."""
