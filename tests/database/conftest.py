"""What tests on every database share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from database.journeys import Journey
from whimbrel.testing.databases import Scratch


@pytest.fixture
def journey(database: Scratch) -> Iterator[Callable[..., Journey]]:
    made: list[Journey] = []

    def make(first: Any, *second: Any) -> Journey:
        made.append(Journey(database, first, *second))
        return made[-1]

    yield make
    for one in made:
        one.connection.close()
