"""One shape of file a module: rows out, rejects listed with their lines."""
