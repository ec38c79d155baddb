"""What SQLite changes where it stands, by version, and what needs a rebuild."""

from __future__ import annotations

from dataclasses import replace

import pytest

from whimbrel.schema.change import TableChange
from whimbrel.schema.objects import Column, Computed, Constraint, ForeignKey, Table
from whimbrel.schema.sqlite.facts import SqliteFacts, facts
from whimbrel.schema.sqlite.in_place import InPlace, is_constant
from whimbrel.schema.table_diff import TableDiff

OLD = facts((3, 31, 0))
NEW = facts((3, 54, 0))
KEY = Constraint(kind="primary_key", name=None, sql="PRIMARY KEY (id)", columns=("id",))
N = Column(name="n", type="INTEGER")
TABLE = Table(name="t", columns=(Column(name="id", type="INTEGER", nullable=False), N))
TABLE = replace(TABLE, primary_key=KEY)
CHECK = Constraint(kind="check", name="ck", sql="CHECK (n > 0)", columns=("n",))
STORED, VIRTUAL = (Computed(sql="n", persisted=stored) for stored in (True, False))
PARENT = ForeignKey(
    name=None, columns=("p",), target=(None, "parent"), target_columns=("id",)
)


def place(before: Table, after: Table, known: SqliteFacts) -> InPlace:
    old = {column.name: column for column in before.columns}
    new = {column.name for column in after.columns}
    diff = TableDiff(
        change=TableChange(before=before, after=after),
        before=before,
        moved=before,
        after=after,
        added=tuple(c for c in after.columns if c.name not in old),
        dropped=tuple(c for c in before.columns if c.name not in new),
        kept=tuple((old[c.name], c) for c in after.columns if c.name in old),
    )
    return InPlace(diff, known)


def possible(before: Table, after: Table, known: SqliteFacts = NEW) -> bool:
    return place(before, after, known).possible()


def with_column(column: Column, table: Table = TABLE) -> Table:
    return replace(table, columns=(*table.columns, column))


@pytest.mark.parametrize(
    ("default", "constant"),
    [
        ("3", True),
        ("-1.5e3", True),
        ("(7)", True),
        ("'it''s'", True),
        ("x'00ff'", True),
        ("NULL", True),
        ("TRUE", True),
        ("CURRENT_TIMESTAMP", False),
        ("(1 + 2)", False),
        ("lower('A')", False),
        ("('a' || 'b')", False),
    ],
)
def test_only_literals_are_constant(default: str, constant: bool) -> None:
    assert is_constant(default) is constant


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (Column(name="a", type="TEXT"), True),
        (Column(name="a", type="TEXT", default="'x'", nullable=False), True),
        (Column(name="a", type="TEXT", nullable=False), False),
        (Column(name="a", type="TEXT", default="NULL", nullable=False), False),
        (Column(name="a", type="TEXT", default="CURRENT_TIMESTAMP"), False),
        (
            Column(name="a", type="INT", computed=Computed(sql="n", persisted=True)),
            False,
        ),
        (
            Column(name="a", type="INT", computed=VIRTUAL),
            True,
        ),
    ],
)
def test_adding_a_column(column: Column, expected: bool) -> None:
    assert possible(TABLE, with_column(column)) is expected


def test_a_key_column_cannot_be_added() -> None:
    key = replace(KEY, columns=("id", "a"), sql="PRIMARY KEY (id, a)")
    after = with_column(Column(name="a", type="TEXT"))

    assert not possible(TABLE, replace(after, primary_key=key))


def test_a_foreign_key_comes_with_its_column() -> None:
    after = replace(with_column(Column(name="p", type="INT")), foreign_keys=(PARENT,))

    assert possible(TABLE, after)
    assert place(TABLE, after, NEW).parts_of(after.columns[-1]) == [PARENT]


def test_a_check_comes_with_its_column_if_rows_are_tested() -> None:
    bare = Table(name="t", columns=(TABLE.columns[0],), primary_key=KEY)
    after = replace(TABLE, constraints=(CHECK,))

    assert possible(bare, after, facts((3, 37, 0)))
    assert not possible(bare, after, facts((3, 36, 0)))


def test_dropping_a_plain_column_needs_a_version() -> None:
    after = replace(TABLE, columns=TABLE.columns[:1])

    assert possible(TABLE, after, facts((3, 35, 5)))
    assert not possible(TABLE, after, facts((3, 35, 4)))


def test_a_column_that_something_mentions_is_not_dropped_in_place() -> None:
    after = replace(TABLE, columns=TABLE.columns[:1])
    computed = Column(name="c", type="INT", computed=VIRTUAL)

    assert not possible(replace(TABLE, constraints=(CHECK,)), after)
    assert not possible(
        with_column(computed), replace(after, columns=(*after.columns, computed))
    )


def test_the_last_columns_are_never_exchanged_in_place() -> None:
    """DROP COLUMN leaves at least one column."""
    before = Table(name="t", columns=(N,))
    after = Table(name="t", columns=(Column(name="m", type="INT"),))

    assert not possible(before, after)


def test_nullability_and_checks_change_in_place_in_new_versions() -> None:
    stricter = replace(TABLE, columns=(TABLE.columns[0], replace(N, nullable=False)))
    checked = replace(TABLE, constraints=(CHECK,))
    unnamed = replace(TABLE, constraints=(replace(CHECK, name=None),))

    assert possible(TABLE, stricter)
    assert not possible(TABLE, stricter, OLD)
    assert possible(TABLE, checked)
    assert possible(checked, TABLE)
    assert possible(TABLE, unnamed)
    assert not possible(unnamed, TABLE), "what has no name cannot be dropped"
    assert not possible(TABLE, checked, facts((3, 53, 0))), "it refuses NULLs there"


def test_everything_else_needs_a_rebuild() -> None:
    unique = Constraint(kind="unique", name="u", sql="UNIQUE (n)", columns=("n",))
    for change in (
        {"constraints": (unique,)},
        {"options": (("STRICT", ""),)},
        {"primary_key": None},
        {"columns": (TABLE.columns[0], replace(N, type="TEXT"))},
        {"columns": (TABLE.columns[0], replace(N, default="1"))},
        {"columns": (TABLE.columns[0], replace(N, collation="NOCASE"))},
    ):
        assert not possible(TABLE, replace(TABLE, **change)), change  # type: ignore[arg-type]
