"""Pictures show what is drawn now."""

from __future__ import annotations

from docs.pictures import drawn


def test_the_pictures_of_the_pages_are_up_to_date() -> None:
    """To draw them again: python tests/docs/pictures.py."""
    for file, text in drawn():
        assert file.read_text(encoding="utf-8") == text, file
