"""
A picture as a page: to search, to filter, to look at from near and far.

Place: `project.drawing`, above `svg`. The page is one file. It needs nothing from
elsewhere, and says so to the browser, which then fetches nothing.
"""

from __future__ import annotations

import json
import re
from importlib.resources import files

from whimbrel.project.drawing.picture import Entry, Picture
from whimbrel.project.drawing.svg import Drawing, escaped, legend_shape, style

WORDS = {
    "migrations": {
        "details": "Operations",
        "above": "Comes after",
        "below": "Comes before",
    },
    "tables": {
        "details": "Columns, keys and indexes",
        "above": "Refers to",
        "below": "Is referred to by",
    },
}
"""Kind of picture → headings of the panel."""


def html(picture: Picture) -> str:
    """Return *picture* as a page."""
    parts = {
        "title": escaped(picture.title),
        "count": escaped(f"{len(picture.boxes)} {picture.kind}"),
        "style": style() + _asset("page.css"),
        "legend": "".join(map(_legend, picture.legend)),
        "picture": Drawing.of(picture, framed=False).text(),
        "data": _data(picture),
        "script": _asset("page.js"),
    }
    # In one go: what a part says is no place for another part.
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _asset("page.html"))


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _legend(entry: Entry) -> str:
    shape = "".join(legend_shape(entry))
    return (
        f'<li><svg class="wg" width="28" height="18" viewBox="-1 -1 28 18" '
        f'aria-hidden="true"><g class="{entry.looks}">{shape}</g></svg>'
        f"{escaped(entry.text)}</li>"
    )


def _data(picture: Picture) -> str:
    """Return what the script reads, so that no text in it can end the element."""
    data = {
        "words": WORDS[picture.kind],
        "boxes": [
            {
                "key": box.key,
                "group": box.group,
                "looks": box.looks,
                "notes": box.notes,
                "details": box.details,
            }
            for box in picture.boxes
        ],
    }
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
