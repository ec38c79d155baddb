"""Values turned into the Python source that gives them again."""

from whimbrel.history.serialize.dispatch import register, serialize, unregister

__all__ = ["register", "serialize", "unregister"]
