"""Small frozen records that stages hand to one another: pydantic, no torch, no tables."""
