"""Answers of a local language model: many prompts at once, their shared beginning computed once.

Reading order: ``attention`` (two parts, one softmax), ``engine`` (one forward pass over packed
rows), ``prefixes`` (what all prompts share), ``rows`` (an answer under way), ``desk`` (rows that
join, grow and leave), ``writing`` (all answers of a call), ``desks`` (answers that come and go at
any time), ``constrained``, ``choices``, ``plain`` (the ordinary way, for models that the engine
can't run). Nothing here knows messages or templates: ids in, ids out.
"""
