"""The OpenAI-compatible server: the API that people already call, on one's own machine."""
