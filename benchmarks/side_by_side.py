#!/usr/bin/env python3
"""
Whimbrel and Alembic on the same schemas of real applications, side by side.

    python benchmarks/side_by_side.py FOLDER --database sqlite,postgresql,mysql
    python benchmarks/side_by_side.py FOLDER --only airflow --format json > a.json
    python benchmarks/side_by_side.py --report a.json b.json

FOLDER holds modules with a `MetaData` each, as for `python -m
whimbrel.testing.corpora`. Each pair of neighbouring releases is gone through twice
by each side, with empty tables and with rows; every catalog is compared with what
`create_all` makes. See docs/side-by-side.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import sqlalchemy as sa
from side_report import Went, report
from sides import VERSION_TABLE, AlembicSide, Dropped, Side, WhimbrelSide

from whimbrel.testing.catalog import Catalog, Difference, catalog, compared
from whimbrel.testing.corpora.answers import Fills
from whimbrel.testing.corpora.benches import Benches, created, emptied
from whimbrel.testing.corpora.kept import Rows, lost_rows
from whimbrel.testing.corpora.outcomes import Impossible
from whimbrel.testing.corpora.pairs import (
    Ends,
    changed_from_first,
    chosen_rows,
    fill,
    read,
    remove_one_way,
)
from whimbrel.testing.corpora.releases import Pair, pairs_of, releases_in
from whimbrel.testing.corpora.rows import Filled
from whimbrel.testing.databases import (
    DATABASES,
    Scratch,
    Server,
    find_server,
    scratch_database,
    server_names,
)
from whimbrel.testing.strategies.rows import check_foreign_keys

SIDES = ("whimbrel", "alembic")


@dataclass
class Course:
    """What is the same for all sides: the pair, its rows, its yardsticks."""

    pair: Pair
    ends: Ends
    benches: Benches
    before: Catalog
    after: Catalog
    filled: Filled = field(default_factory=Filled)
    fills: tuple[Fills, Fills] = ({}, {})

    @classmethod
    def of(cls, pair: Pair, benches: Benches) -> Course:
        """Find rows; raise `Impossible` where `create_all` cannot make a release."""
        before = created(pair.before, benches.returned)
        after = created(pair.after, benches.yardstick)
        course = cls(pair, Ends.of(pair), benches, before, after)
        created(pair.before, benches.migrated)
        course.filled, *fills = chosen_rows(course.ends, benches)
        course.fills = (fills[0], fills[1])
        return course

    @property
    def renamed(self) -> Dropped:
        """Return what must not be dropped: (table, column) of the old release."""
        tables = self.ends.kept.tables.items()
        columns = self.ends.kept.columns.items()
        return {(old, None) for old, new in tables if old != new} | {
            (table, old) for (table, old), new in columns if old != new
        }

    def side(self, name: str, folder: Path) -> Side:
        engine = self.benches.migrated.engine
        if name == "whimbrel":
            return WhimbrelSide(self.pair, self.ends, self.fills, engine, folder)
        return AlembicSide(self.pair, self.ends, engine, folder)


def go(course: Course, name: str, *, with_rows: bool) -> Went:
    """Let one side go there and back."""
    database = course.benches.migrated.name
    went = Went(course.pair.name, database, name, with_rows)
    with tempfile.TemporaryDirectory(prefix="side-by-side-") as folder:
        emptied(course.benches.migrated)
        side = course.side(name, Path(folder))
        try:
            for step in steps(course, side, went):
                went.failed = step
            went.failed = ""
        except Exception as error:
            went.error = told(error)
            starts = {"upgrade": course.before, "downgrade": course.after}
            wanted = starts.get(went.failed)
            if wanted is not None:
                went.left = len(differing(course, wanted))
    return went


def steps(course: Course, side: Side, went: Went) -> Iterator[str]:
    """Make all steps; yield the name of each before it is made."""
    migrated, ends, filled = course.benches.migrated, course.ends, course.filled
    yield "start"
    side.start()
    first: Rows = {}
    if went.with_rows:
        first = fill(migrated, ends.old, filled)
        went.rows = sum(map(len, first.values()))
        as_usual(migrated)
    yield "makemigrations"
    dropped = side.make()
    went.questions = len(side.asked)
    went.renames = len(course.renamed)
    went.dropped_renames = sum(
        (table, column) in dropped or (table, None) in dropped
        for table, column in course.renamed
    )
    yield "upgrade"
    side.up()
    went.differences = kinds(differing(course, course.after))
    if went.with_rows:
        went.lost = lost_there(course, first)
        with migrated.engine.connect() as connection:
            remove_one_way(connection, ends, filled)
        as_usual(migrated)
    yield "again"
    went.again = side.again()
    yield "downgrade"
    side.back()
    went.back_differences = kinds(differing(course, course.before))
    if went.with_rows:
        went.back_lost = lost_back(course, first)


def as_usual(scratch: Scratch) -> None:
    """Leave SQLite's foreign keys off, as its drivers have them, for both sides."""
    if scratch.name == "sqlite":
        with scratch.engine.connect() as connection:
            check_foreign_keys(connection, on=False)


def lost_there(course: Course, first: Rows) -> list[str]:
    ends = course.ends
    try:
        there = read(course.benches.migrated, ends.new)
    except (sa.exc.SQLAlchemyError, LookupError) as error:
        return [f"rows cannot be read: {told(error)}"]
    return lost_rows(first, there, ends.forwards, ends.required(ends.new))


def lost_back(course: Course, first: Rows) -> list[str]:
    try:
        back = read(course.benches.migrated, course.ends.old)
    except (sa.exc.SQLAlchemyError, LookupError) as error:
        return [f"rows cannot be read: {told(error)}"]
    return changed_from_first(first, back, course.ends, course.filled)


def differing(course: Course, wanted: Catalog) -> list[Difference]:
    """Return what the migrated database has else than *wanted*."""
    with course.benches.migrated.engine.connect() as connection:
        found = catalog(connection)
    items = tuple(item for item in found.items if item.name != VERSION_TABLE)
    return compared(replace(found, items=items), wanted)


def kinds(found: Sequence[Difference]) -> list[tuple[str, str]]:
    """Return each differing object once, with what kind of thing is wrong with it."""
    return list({(kind_of(d), d.path): (kind_of(d), d.text) for d in found}.values())


WORDS = {
    "type": "column type",
    "not_null": "NOT NULL",
    "default": "server default",
    "comment": "comment",
    "generated": "computed column",
    "generated_kind": "computed column",
    "identity": "identity column",
    "extra": "column attribute",
    "foreign_key": "foreign key",
    "primary_key": "primary key",
}


def kind_of(difference: Difference) -> str:
    """Return the kind of change that a difference belongs to, for people."""
    kind = difference.path[-1][0]
    if difference.fact == "comment":
        return "comment"
    if kind == "column" and difference.fact is not None:
        return WORDS.get(difference.fact, f"column {difference.fact}")
    if kind == "table" and difference.fact is not None:
        return "table option"
    return WORDS.get(kind, kind)


def told(error: Exception) -> str:
    """Return an error in one line, with the place if nobody raised it on purpose."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    text = f"{type(error).__name__}: {' '.join(lines[:4])}"
    if isinstance(error, AssertionError | TypeError | AttributeError | KeyError):
        last = traceback.extract_tb(error.__traceback__)[-1]
        text += f" (in {Path(last.filename).name}:{last.lineno})"
    return text


def compare_on(server: Server, pairs: Sequence[Pair]) -> Iterator[Went]:
    """Yield how all sides went through *pairs* on one server."""
    with (
        scratch_database(server) as migrated,
        scratch_database(server) as yardstick,
        scratch_database(server) as returned,
    ):
        benches = Benches(migrated, yardstick, returned)
        for pair in pairs:
            try:
                course = Course.of(pair, benches)
            except Impossible as reason:
                yield Went(
                    pair.name, server.name, "", False, failed="", error=str(reason)
                )
                continue
            for name in SIDES:
                for with_rows in (False, True):
                    yield go(course, name, with_rows=with_rows)


def main() -> int:
    options = parser().parse_args()
    if options.report:
        said = [one for file in options.report for one in json.loads(file.read_text())]
        print(report(settled([Went(**one) for one in said])))
        return 0
    warnings.simplefilter("ignore")
    pairs = pairs_of(releases_in(options.folder, options.only or ()))
    all_went = []
    for name in server_names(options.database):
        for went in compare_on(find_server(name), pairs):
            all_went.append(went)
            rows = "rows" if went.with_rows else "empty"
            verdict = f"{went.failed}: {went.error}" if went.error else "done"
            place = f"{went.pair} {went.database} {went.side} {rows}"
            print(f"{place}: {verdict[:120]}", file=sys.stderr, flush=True)
    if options.format == "json":
        print(json.dumps([asdict(went) for went in all_went], indent=1))
    else:
        print(report(all_went))
    return 0


def settled(found: Sequence[Went]) -> list[Went]:
    """Leave out what is not possible in one file and was done in another."""
    done = {(went.pair, went.database) for went in found if went.side}
    return [w for w in found if w.side or (w.pair, w.database) not in done]


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    made.add_argument("folder", type=Path, nargs="?", help="modules with a MetaData")
    made.add_argument("--database", help=f"of {','.join(DATABASES)}; all")
    made.add_argument("--only", action="append", help="applications or files")
    made.add_argument("--format", choices=["text", "json"], default="text")
    made.add_argument("--report", type=Path, nargs="+", help="show what was measured")
    return made


if __name__ == "__main__":
    sys.exit(main())
