"""Whimbrel: Django's migration workflow for every Python project."""

__version__ = "0.1.0"
