"""
One release, or one pair of releases, taken along the whole road.

Place: `testing.corpora`, above `releases`. The yardstick is SQLAlchemy's
`create_all` on a second database. A schema that `create_all` itself cannot make
there is not possible, and no failure of ours.
"""

from __future__ import annotations

import datetime
import re
import tempfile
import traceback
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import sqlalchemy as sa

from whimbrel.detect.questions import Question
from whimbrel.reflect.metadata import read_metadata
from whimbrel.state.project import ProjectState
from whimbrel.testing.catalog import Catalog, catalog, differences
from whimbrel.testing.corpora.releases import Pair, Release, Renames
from whimbrel.testing.databases import Scratch
from whimbrel.testing.journey import Journey

Verdict: TypeAlias = Literal["exact", "different", "failed", "impossible"]

EXTENSIONS = ("pg_trgm",)
"""PostgreSQL's extensions that applications ask their users to make."""

APP = "app"

_NEUTRAL: tuple[tuple[str, object], ...] = (
    (r"bool", False),
    (r"datetime|timestamp", datetime.datetime(2000, 1, 1)),
    (r"interval", datetime.timedelta(0)),
    (r"date", datetime.date(2000, 1, 1)),
    (r"time", datetime.time(0)),
    (r"int|numeric|float|decimal|double|real", 0),
    (r"uuid", uuid.UUID(int=0)),
    (r"binary|blob|bytea", b""),
    (r"json", {}),
)
"""Pattern of a type as a question shows it → a value; else the empty string."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What came of one subject on one database.

    Args:
        stage: The step that went wrong, or that was the last.

        details: What is different, or the error.
    """

    subject: str
    database: str
    verdict: Verdict
    stage: str = ""
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Benches:
    """Two databases of one server: one to migrate, one to `create_all` in."""

    migrated: Scratch
    yardstick: Scratch


class Impossible(Exception):
    """`create_all` cannot make this schema on this database."""


class Different(Exception):
    """A catalog is not what it should be."""

    def __init__(self, found: list[str]) -> None:
        super().__init__("\n".join(found))
        self.found = found


def check_release(release: Release, benches: Benches) -> Outcome:
    """From nothing: makemigrations, migrate, compare, again, back to nothing."""
    return _checked(release.name, benches, lambda w: _release(release, benches, w))


def check_pair(pair: Pair, benches: Benches) -> Outcome:
    """From one release to the next: makemigrations, migrate, compare, back."""
    return _checked(pair.name, benches, lambda w: _pair(pair, benches, w))


@dataclass(slots=True)
class _Work:
    """What is being done now, and the journey's folder."""

    folder: Path
    stage: str = ""


def _checked(subject: str, benches: Benches, run: Callable[[_Work], None]) -> Outcome:
    database = benches.migrated.name
    with tempfile.TemporaryDirectory(prefix="whimbrel-corpora-") as folder:
        work = _Work(Path(folder))
        try:
            run(work)
        except Impossible as reason:
            return Outcome(
                subject, database, "impossible", "create_all", (str(reason),)
            )
        except Different as error:
            return Outcome(
                subject, database, "different", work.stage, tuple(error.found)
            )
        except Exception as error:
            return Outcome(subject, database, "failed", work.stage, _told(error))
    return Outcome(subject, database, "exact")


def _told(error: Exception) -> tuple[str, ...]:
    """Return an error in a few lines: its text, and where it comes from."""
    text = f"{type(error).__name__}: {error}".strip().splitlines()[:6]
    last = traceback.extract_tb(error.__traceback__)[-1]
    return (*text, f"in {last.filename}:{last.lineno} {last.name}")


def _release(release: Release, benches: Benches, work: _Work) -> None:
    expected = _created(release, benches.yardstick)
    engine = benches.migrated.engine
    empty = _emptied(benches.migrated)
    journey = Journey((APP,), work.folder)
    state = _state(release)
    work.stage = "makemigrations"
    journey.make(state)
    work.stage = "migrate"
    with engine.connect() as connection:
        journey.migrate(connection)
    work.stage = "compare"
    _compare(benches.migrated, expected)
    work.stage = "makemigrations again"
    _nothing_left(journey, state)
    work.stage = "zero"
    with engine.connect() as connection:
        journey.migrate(connection, [(APP, None)])
    _compare(benches.migrated, empty)


def _pair(pair: Pair, benches: Benches, work: _Work) -> None:
    before = _created(pair.before, benches.yardstick)
    after = _created(pair.after, benches.yardstick)
    _emptied(benches.migrated)
    engine = benches.migrated.engine
    journey = Journey((APP,), work.folder)
    work.stage = "makemigrations of the first"
    journey.make(_state(pair.before))
    leaves = journey.leaves()
    with engine.connect() as connection:
        work.stage = "migrate to the first"
        journey.migrate(connection)
    work.stage = "makemigrations"
    state = _state(pair.after)
    journey.make(state, answering(pair.renames))
    work.stage = "migrate"
    with engine.connect() as connection:
        journey.migrate(connection)
    work.stage = "compare"
    _compare(benches.migrated, after)
    work.stage = "makemigrations again"
    _nothing_left(journey, state)
    work.stage = "back"
    with engine.connect() as connection:
        journey.migrate_back(connection, leaves)
    _compare(benches.migrated, before)


def _state(release: Release) -> ProjectState:
    read = read_metadata(release.metadata(), APP)
    return ProjectState.of(read.models, read.sequences)


def _emptied(scratch: Scratch) -> Catalog:
    """Empty the database, make the extensions, and return its catalog."""
    scratch.reset()
    with scratch.engine.connect() as connection:
        if scratch.name == "postgresql":
            for extension in EXTENSIONS:
                connection.execute(
                    sa.text(f"CREATE EXTENSION IF NOT EXISTS {extension}")
                )
            connection.commit()
        return catalog(connection)


def _created(release: Release, scratch: Scratch) -> Catalog:
    """Return the catalog after `create_all`, or raise `Impossible`."""
    _emptied(scratch)
    try:
        with scratch.engine.begin() as connection:
            release.metadata().create_all(connection)
    except sa.exc.SQLAlchemyError as error:
        raise Impossible(f"{str(error).splitlines()[0]}") from error
    with scratch.engine.connect() as connection:
        return catalog(connection)


def _compare(scratch: Scratch, expected: Catalog) -> None:
    with scratch.engine.connect() as connection:
        found = differences(catalog(connection), expected)
    if found:
        raise Different(found)


def _nothing_left(journey: Journey, state: ProjectState) -> None:
    again = journey.make(state)
    if again:
        raise Different(
            [
                f"a second makemigrations finds: {operation.describe()}"
                for migration in again
                for operation in migration.operations
            ]
        )


def answering(renames: Renames) -> Callable[[Question], object]:
    """Return what answers every question: the truth about renames, neutral values."""

    def answer(question: Question) -> object:
        if question.kind == "default":
            return neutral_value(question.type or "")
        names = question.id.partition(f":{APP}.")[2]
        if question.kind == "rename-model":
            old, _, new = names.partition(">")
            return (old, new) in renames.tables
        model, _, fields = names.rpartition(".")
        old, _, new = fields.partition(">")
        return (model, old, new) in renames.columns

    return answer


def neutral_value(type_text: str) -> object:
    """Return a value that fits the type that is written as *type_text*."""
    enumeration = re.match(r"sa\.Enum\(\s*['\"]([^'\"]*)['\"]", type_text)
    if enumeration:
        return enumeration[1]
    for pattern, value in _NEUTRAL:
        if re.search(pattern, type_text, re.IGNORECASE):
            return value
    return ""
