"""Answers of a local language model: many prompts at once, their shared beginning computed once.

Reading order: ``attention`` (two parts, one softmax), ``engine`` (one forward pass over packed
rows), ``prefixes`` (what all prompts share), ``rows`` (rows that grow, end and make room),
``writing`` (free text and constrained JSON), ``constrained``, ``choices``, ``plain`` (the ordinary
way, for models that the engine can't run). Nothing here knows messages or templates: ids in, ids
out.
"""
