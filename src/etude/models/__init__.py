"""What can embed or answer: one backend a file.

``opening`` turns a reference into a model, ``embeddings`` keeps embeddings on disk; every other
file without an underscore is a backend with ``BACKEND``.
"""
