"""A team's own cases: read from files, held against what each of them asks. No models, no folders of
results; ``reading`` finds out what a file is, ``listed`` and ``promptfoo`` each know one form."""
