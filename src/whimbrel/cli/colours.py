"""
Colours of what several commands print.

Place: `cli`, lowest part.
"""

from __future__ import annotations

import click

COLOURS = {"+": "green", "-": "red", "~": "yellow", "p": "cyan", "s": "cyan"}


def symbol(text: str) -> str:
    """Return the symbol of an operation in the colour of its kind."""
    return click.style(text, fg=COLOURS.get(text))
