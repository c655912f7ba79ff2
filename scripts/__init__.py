"""Tasks of the repository: the demo and the import rule."""
