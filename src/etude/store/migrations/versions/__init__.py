"""Steps from one schema to the next, never edited once released."""
