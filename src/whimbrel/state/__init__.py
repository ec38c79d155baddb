"""The state of a project: models as immutable values."""
