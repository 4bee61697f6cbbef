"""What a valid answer is."""
