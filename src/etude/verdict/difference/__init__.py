"""What changed between two comparisons: one file for the task, the examples, the answers, the whole.

Pure functions of records and of the tables that comparisons leave.
"""
