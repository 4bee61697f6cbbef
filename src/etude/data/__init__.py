"""Read, normalise, canonical examples, splits."""
