"""Instructions that a language model rewrites and dev judges: GEPA within a budget.

GEPA (Agrawal et al. 2025, arXiv:2507.19457) reads what went wrong on a few examples, has the
instructions rewritten, and keeps those that are best on some example of dev (a Pareto front), to go on
from them. Its own package does the choosing; requests, money and scores are Etude's.
"""
