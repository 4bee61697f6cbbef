"""The task file: YAML with line numbers in, a Task out, every problem at once."""
