"""What can embed or answer: one backend a file."""
