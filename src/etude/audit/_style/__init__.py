"""What the targets of a file have in common: one property of their form a file.

A property looks at all targets and names traits (``_trait``); ``_rules`` finds which of them most
targets share, ``_explain`` takes out what the input explains, ``_together`` joins what the same
rows break. ``PROPERTY`` is a function from distinct target texts to traits;
``_properties`` picks those that fit.
"""
