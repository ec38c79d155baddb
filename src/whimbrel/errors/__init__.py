"""Every error of Whimbrel; one module per layer."""

from whimbrel.errors.base import WhimbrelError

__all__ = ["WhimbrelError"]
