"""The rows that pairs run with: which are found, and what is said of those not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import sqlalchemy as sa

from whimbrel.testing.corpora.domains import Domain, bound, plain
from whimbrel.testing.corpora.kept import lost_rows
from whimbrel.testing.corpora.pairs import Ends, stops_of, trial
from whimbrel.testing.corpora.releases import Renames
from whimbrel.testing.corpora.rows import Domains, Filled, Filler
from whimbrel.testing.corpora.stops import Kept
from whimbrel.testing.databases import Scratch, Server, scratch_database

Build = Callable[[sa.MetaData], object]
SQLITE = sa.create_engine("sqlite://").dialect


@pytest.fixture(scope="module")
def scratches(server: Server) -> Iterator[list[Scratch]]:
    with ExitStack() as stack:
        yield [stack.enter_context(scratch_database(server)) for _ in range(3)]


def built(build: Build) -> sa.MetaData:
    metadata = sa.MetaData()
    build(metadata)
    return metadata


def filled(
    scratches: list[Scratch], old: Build, new: Build, renames: Renames | None = None
) -> tuple[Filled, dict[tuple[str, str], Any]]:
    """Return the rows found, and the neutral values chosen for the new release."""
    one, other = built(old), built(new)
    ends = Ends(one, other, Kept(one, other, renames or Renames()))
    for scratch, metadata in zip(scratches, (one, other, one), strict=True):
        scratch.reset()
        with scratch.engine.begin() as connection:
            metadata.create_all(connection)
    with ExitStack() as stack:
        a, b, c = (stack.enter_context(trial(scratch)) for scratch in scratches)
        domains = Domains((one, other), ends.kept, a.dialect)
        stops = stops_of(ends, (a, b, c), domains)
        return Filler(stops, domains).fill(), stops[1].neutral


def key() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True)


def values(found: Filled, table: str, column: str) -> list[Any]:
    return [row[column] for _, row in found.rows[table]]


def test_what_a_check_wants_is_read_from_it(scratches: list[Scratch]) -> None:
    """Of either release: what the new one does not take is no row of the old one."""

    def build(*more: sa.SchemaItem) -> Build:
        return lambda metadata: sa.Table(
            "t",
            metadata,
            key(),
            sa.Column("kind", sa.String(20), nullable=False),
            sa.Column("a", sa.Integer),
            sa.Column("b", sa.Integer),
            sa.CheckConstraint("(a IS NULL) <> (b IS NULL)", name="ck_one"),
            *more,
        )

    check = sa.CheckConstraint("kind IN ('old', 'new')", name="ck_kind")
    found, _ = filled(scratches, build(), build(check))

    assert set(values(found, "t", "kind")) <= {"old", "new"}
    assert len(found.rows["t"]) == 3


def test_references_in_a_circle_and_to_the_row_itself(scratches: list[Scratch]) -> None:
    def build(metadata: sa.MetaData) -> None:
        sa.Table(
            "a",
            metadata,
            key(),
            sa.Column("b", sa.ForeignKey("b.id", name="fk_b"), nullable=False),
            sa.Column("me", sa.ForeignKey("a.id", name="fk_me")),
        )
        sa.Table("b", metadata, key(), sa.Column("a", sa.ForeignKey("a.id")))

    found, _ = filled(scratches, build, build)

    assert len(found.rows["a"]) == len(found.rows["b"]) == 3


def test_few_values_make_few_rows(scratches: list[Scratch]) -> None:
    def build(metadata: sa.MetaData) -> None:
        id_ = sa.Column("id", sa.Integer, primary_key=True, autoincrement=False)
        sa.Table("one", metadata, id_, sa.CheckConstraint("id = 1", name="ck_only"))
        sa.Table("many", metadata, key(), sa.Column("one", sa.ForeignKey("one.id")))

    found, _ = filled(scratches, build, build)

    assert values(found, "one", "id") == [1]
    assert len(found.rows["many"]) == 3


def test_a_new_reference_is_answered_with_a_row_that_is_there(
    scratches: list[Scratch],
) -> None:
    def build(*more: Callable[[], sa.Column[Any]]) -> Build:
        def made(metadata: sa.MetaData) -> None:
            sa.Table("book", metadata, key(), *(column() for column in more))
            sa.Table("shelf", metadata, key())

        return made

    def shelf() -> sa.Column[Any]:
        return sa.Column("shelf", sa.ForeignKey("shelf.id"), nullable=False)

    found, neutral = filled(scratches, build(), build(shelf))

    assert len(found.rows["book"]) == 3
    assert neutral["book", "shelf"] in values(found, "shelf", "id")


def test_what_no_answer_can_do_is_said(scratches: list[Scratch]) -> None:
    """A reference to a table that is new and has no rows needs a data migration."""

    def old(metadata: sa.MetaData) -> None:
        sa.Table("book", metadata, key())

    def new(metadata: sa.MetaData) -> None:
        shelf = sa.Column("shelf", sa.ForeignKey("shelf.id"), nullable=False)
        sa.Table("book", metadata, key(), shelf)
        sa.Table("shelf", metadata, key())

    found, _ = filled(scratches, old, new)

    assert found.rows["book"] == []
    assert found.refused["book"].stop.name == "new"
    assert "no row in shelf" in found.refused["book"].text


def shelves(metadata: sa.MetaData) -> None:
    sa.Table("shelf", metadata, key())


def books(*more: Callable[[], sa.Column[Any]]) -> Build:
    return lambda metadata: sa.Table(
        "book", metadata, key(), *(column() for column in more)
    )


def on_shelf() -> sa.Column[Any]:
    return sa.Column("shelf", sa.ForeignKey("shelf.id"), nullable=False)


def both(*builds: Build) -> Build:
    return lambda metadata: [build(metadata) for build in builds]


def test_a_dropped_reference_comes_back_with_a_row_that_is_there(
    scratches: list[Scratch],
) -> None:
    """As its author says with ``fill_back=``."""
    old, new = both(shelves, books(on_shelf)), both(shelves, books())

    found, _ = filled(scratches, old, new)

    assert len(found.rows["book"]) == 3
    assert found.one_way == {}


def test_rows_that_cannot_come_back_go_one_way(scratches: list[Scratch]) -> None:
    """A table that was dropped has no row to refer to on the way back."""
    found, _ = filled(scratches, both(shelves, books(on_shelf)), books())

    assert len(found.rows["book"]) == 3
    assert set(found.one_way) == {"book"}


def test_a_key_has_no_value_for_all_rows_on_the_way_back(
    scratches: list[Scratch],
) -> None:
    def isbn() -> sa.Column[Any]:
        return sa.Column("isbn", sa.String(13), nullable=False, unique=True)

    found, _ = filled(scratches, books(isbn), books())

    assert len(found.rows["book"]) == 3
    assert set(found.one_way) == {"book"}


def test_a_value_is_what_both_types_can_say() -> None:
    domain = Domain([sa.String(36), sa.Uuid()], SQLITE)

    value = domain.value(0)

    assert plain(bound(value, sa.String(36), SQLITE)) == plain(value)
    assert plain(bound(value, sa.String(32), SQLITE)) == plain(value)


def test_kept_values_are_compared_by_what_they_mean() -> None:
    columns = {("t", "a"): ("u", "b")}
    before = {"t": [{"a": plain("1.50")}, {"a": None}]}
    same = {"u": [{"b": None}, {"b": plain(1.5)}]}
    other = {"u": [{"b": plain(0)}, {"b": plain(1.5)}]}

    assert lost_rows(before, same, columns, ()) == []
    assert lost_rows(before, other, columns, ()) == ["u: a None became Decimal('0')"]
    assert lost_rows(before, other, columns, {("u", "b")}) == []
    assert lost_rows(before, {"u": []}, columns, ()) == ["u: 2 rows became 0"]
