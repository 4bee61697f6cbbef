"""What computes an answer: a model in this process, another process, or another server."""
