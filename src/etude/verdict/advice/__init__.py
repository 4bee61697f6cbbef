"""Whether a task needs fine-tuning at all: five questions, red flags, the payback, the next step.

Pure functions of ``records.advice``; nothing here reads a project.
"""
