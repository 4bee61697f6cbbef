"""The task file: YAML with line numbers in, a Task out, every problem at once."""

from __future__ import annotations

from etude.taskfile.reading import TASK_FILE, TaskFile, read

__all__ = ["TASK_FILE", "TaskFile", "read"]
