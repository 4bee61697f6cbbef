"""Runs candidates over folds and holdout: scorecards."""
