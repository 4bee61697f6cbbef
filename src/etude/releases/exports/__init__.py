"""A release's weights for other engines: one form a file, found by its name."""
