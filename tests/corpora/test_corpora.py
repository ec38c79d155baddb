"""
Schemas as applications have them, along the whole road and back.

`fixtures` holds small ones of our own. ``WHIMBREL_CORPORA`` names a folder with
more, which `make test-all` runs as a table (`python -m whimbrel.testing.corpora`);
``WHIMBREL_CORPORA_ONLY`` picks applications of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from whimbrel.testing.corpora import (
    Outcome,
    check_pair,
    check_release,
    pairs_of,
    releases_in,
)
from whimbrel.testing.corpora.benches import Benches
from whimbrel.testing.corpora.releases import Pair, Release
from whimbrel.testing.corpora.report import is_good
from whimbrel.testing.databases import Scratch, Server, scratch_database

OWN = Path(__file__).parent / "fixtures"


def _releases() -> list[Release]:
    found = releases_in(OWN)
    folder = os.environ.get("WHIMBREL_CORPORA")
    if folder:
        only = os.environ.get("WHIMBREL_CORPORA_ONLY", "")
        found += releases_in(Path(folder), [name for name in only.split(",") if name])
    return found


RELEASES = _releases()


@pytest.fixture(scope="module")
def benches(
    server: Server, shared_scratch: Scratch, yardstick: Scratch
) -> Iterator[Benches]:
    with scratch_database(server) as returned:
        yield Benches(shared_scratch, yardstick, returned)


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.name)
def test_a_release_from_nothing_and_back(release: Release, benches: Benches) -> None:
    """makemigrations and migrate give create_all's schema; zero leaves nothing."""
    _judge(check_release(release, benches))


@pytest.mark.parametrize("pair", pairs_of(RELEASES), ids=lambda pair: pair.name)
def test_a_release_to_the_next_and_back(pair: Pair, benches: Benches) -> None:
    """Schemas are create_all's at every stop, and rows in kept columns survive."""
    _judge(check_pair(pair, benches))


def _judge(outcome: Outcome) -> None:
    if outcome.verdict == "impossible":
        pytest.skip(f"create_all: {outcome.details[0]}")
    assert is_good(outcome), "\n".join((outcome.stage, *outcome.details))
