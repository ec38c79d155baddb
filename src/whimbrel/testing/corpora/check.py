"""
One release, or one pair of releases, taken along the whole road.

Place: `testing.corpora`, above `benches` and `pairs`.
"""

from __future__ import annotations

from whimbrel.testing.corpora.answers import APP
from whimbrel.testing.corpora.benches import (
    Benches,
    compare,
    created,
    emptied,
    nothing_left,
    state_of,
)
from whimbrel.testing.corpora.outcomes import Outcome, Work, checked
from whimbrel.testing.corpora.pairs import there_and_back
from whimbrel.testing.corpora.releases import Pair, Release
from whimbrel.testing.journey import Journey


def check_release(release: Release, benches: Benches) -> Outcome:
    """From nothing: makemigrations, migrate, compare, again, back to nothing."""
    database = benches.migrated.name
    return checked(release.name, database, lambda w: _release(release, benches, w))


def check_pair(pair: Pair, benches: Benches) -> Outcome:
    """From one release to the next with rows, back, and forwards again."""
    database = benches.migrated.name
    return checked(pair.name, database, lambda w: there_and_back(pair, benches, w))


def _release(release: Release, benches: Benches, work: Work) -> None:
    expected = created(release, benches.yardstick)
    engine = benches.migrated.engine
    empty = emptied(benches.migrated)
    journey = Journey((APP,), work.folder)
    state = state_of(release)
    work.stage = "makemigrations"
    journey.make(state)
    work.stage = "migrate"
    with engine.connect() as connection:
        journey.migrate(connection)
    work.stage = "compare"
    compare(benches.migrated, expected)
    work.stage = "makemigrations again"
    nothing_left(journey, state)
    work.stage = "zero"
    with engine.connect() as connection:
        journey.migrate(connection, [(APP, None)])
    compare(benches.migrated, empty)
