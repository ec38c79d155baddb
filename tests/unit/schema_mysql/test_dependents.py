"""What MySQL and MariaDB tell of triggers, to those who may read them and others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from whimbrel.schema.dependents import Lost
from whimbrel.schema.mysql.dependents import dependents

LOST = [Lost(table=(None, "book"), column="isbn")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("SET NEW.isbn = ''", ["stamp"], id="it mentions the column"),
        pytest.param("SET NEW.title = ''", [], id="it does not"),
        pytest.param(None, [], id="its text is hidden from the user"),
    ],
)
def test_triggers(text: str | None, found: list[str]) -> None:
    def ask(sql: str) -> Sequence[Sequence[Any]]:
        return [("stamp", text)] if "triggers" in sql else []

    assert [item.name for item in dependents(LOST, ask, repr)] == found
