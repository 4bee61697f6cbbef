"""What a valid answer is: one contract a file."""
