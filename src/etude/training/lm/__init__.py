"""Training language models on prompt and target: one idea a file, nothing imported here."""
