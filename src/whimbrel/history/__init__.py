"""Migration files: find, load, write, order."""
