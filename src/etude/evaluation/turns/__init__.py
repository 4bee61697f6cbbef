"""The same wrong turn: what wrong answers share, named by rules; one sort of task a file.

``_turned`` composes: the record of a candidate, and the turns of each of its answers.
"""
