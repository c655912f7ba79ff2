"""Files that are read into the store: CSV, xlsx, JSON Lines."""
