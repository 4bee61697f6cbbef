"""Losses, loops, checkpoints: one method a file."""
