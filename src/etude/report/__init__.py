"""The HTML report and its charts, from records alone."""
