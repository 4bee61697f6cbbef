"""Tuning jobs of a server: from an uploaded file to a model that can be called by its name.

``worker`` takes jobs from the queue (``store.jobs``); ``running`` leads one through its stages.
Nothing here knows HTTP.
"""
