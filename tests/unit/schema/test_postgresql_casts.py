"""How PostgreSQL's values get another type."""

from __future__ import annotations

from whimbrel.schema.postgresql.casts import conversion


def test_an_array_of_an_enumeration_that_becomes_no_array_goes_by_text() -> None:
    """An array of texts goes to no type but another array."""
    assert conversion("m", "mood[]", "INTEGER", by_text=True) == "m::text::INTEGER"
    assert conversion("m", "mood[]", "mood[]", by_text=True) == "m::text[]::mood[]"
