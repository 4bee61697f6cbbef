"""Releases: what a candidate is, sealed in a folder that is named by the hash of its contents."""
