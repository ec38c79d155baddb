"""Columns, constraints and indexes as values."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from shown import shown
from sqlalchemy.dialects import postgresql

from whimbrel.errors.state import (
    ColumnNameMismatch,
    ColumnSaysTooMuch,
    ConditionNotUnderstood,
    IndexWithoutName,
    NameNotFound,
    NamingConventionFailed,
    NotASchemaItem,
    StateError,
)
from whimbrel.state import tables
from whimbrel.state.build import build
from whimbrel.state.construct import Construct, DictValue, ListValue
from whimbrel.state.dissect import dissect, dissect_column, dissect_constraint
from whimbrel.state.spell import spell

INTEGER = Construct("sqlalchemy.Integer")
TEXT = Construct("sqlalchemy.text", ("a > 1",))

ITEMS: list[tuple[Any, Any]] = [
    (sa.Column(sa.Integer), tables.Column(type=INTEGER)),
    (
        sa.Column(sa.Integer, primary_key=True, autoincrement=False),
        tables.Column(
            type=INTEGER, primary_key=True, nullable=False, autoincrement=False
        ),
    ),
    (
        sa.Column(sa.Integer, server_default="5", comment="c", nullable=False),
        tables.Column(type=INTEGER, nullable=False, server_default="5", comment="c"),
    ),
    (
        sa.Column(sa.Integer, server_default=sa.text("a > 1")),
        tables.Column(type=INTEGER, server_default=TEXT),
    ),
    (sa.Column(sa.Integer, default=5, info={"x": 1}), tables.Column(type=INTEGER)),
    (
        sa.Column(sa.Integer, server_default=sa.FetchedValue()),
        tables.Column(type=INTEGER),
    ),
    (
        sa.Column(sa.Integer, sa.Identity(always=True, start=5)),
        tables.Column(
            type=INTEGER,
            nullable=False,
            identity=Construct(
                "sqlalchemy.Identity", (), (("always", True), ("start", 5))
            ),
        ),
    ),
    (
        sa.Column(sa.Integer, sa.Computed(sa.text("a > 1"), persisted=False)),
        tables.Column(
            type=INTEGER,
            computed=Construct(
                "sqlalchemy.Computed", ("a > 1",), (("persisted", False),)
            ),
        ),
    ),
    (
        sa.Column(sa.Integer, sa.Sequence("s", start=5)),
        tables.Column(
            type=INTEGER,
            sequence=Construct("sqlalchemy.Sequence", ("s",), (("start", 5),)),
        ),
    ),
    (
        sa.PrimaryKeyConstraint("b", "a", name="pk"),
        tables.PrimaryKeyConstraint(columns=("b", "a"), name="pk"),
    ),
    (
        sa.UniqueConstraint("a", "b", deferrable=True, initially="DEFERRED"),
        tables.UniqueConstraint(
            columns=("a", "b"), deferrable=True, initially="DEFERRED"
        ),
    ),
    (
        sa.UniqueConstraint("a", postgresql_nulls_not_distinct=True),
        tables.UniqueConstraint(
            columns=("a",), options=(("postgresql_nulls_not_distinct", True),)
        ),
    ),
    (sa.CheckConstraint("a > 1"), tables.CheckConstraint(sql="a > 1")),
    (sa.CheckConstraint(sa.text("a > 1")), tables.CheckConstraint(sql="a > 1")),
    (
        sa.CheckConstraint(sa.column("a") > 1, name="ck"),
        tables.CheckConstraint(
            name="ck",
            sql=Construct("operator.gt", (Construct("sqlalchemy.column", ("a",)), 1)),
        ),
    ),
    (
        sa.CheckConstraint("a > 1").ddl_if(dialect=("sqlite", "mysql")),  # type: ignore[arg-type]
        tables.CheckConstraint(sql="a > 1", dialects=("mysql", "sqlite")),
    ),
    (
        sa.ForeignKeyConstraint(
            ["a", "b"], ["s.t.x", "s.t.y"], ondelete="CASCADE", match="FULL"
        ),
        tables.ForeignKeyConstraint(
            columns=("a", "b"),
            target="s.t",
            target_columns=("x", "y"),
            ondelete="CASCADE",
            match="FULL",
        ),
    ),
    (
        postgresql.ExcludeConstraint(
            ("a", "="), (sa.text("a > 1"), "&&"), where=sa.text("a > 1"), using="btree"
        ),
        tables.ExcludeConstraint(
            elements=(("a", "="), (TEXT, "&&")), where="a > 1", using="btree"
        ),
    ),
    (
        sa.Index("i", "a", sa.text("a > 1"), unique=True),
        tables.Index(name="i", expressions=("a", TEXT), unique=True),
    ),
    (
        sa.Index(
            "i",
            "a",
            postgresql_where=sa.text("a > 1"),
            postgresql_ops={"a": "text_ops"},
            postgresql_include=["b"],
            mysql_length=5,
            sqlite_where=None,
        ),
        tables.Index(
            name="i",
            expressions=("a",),
            options=(
                ("mysql_length", 5),
                ("postgresql_include", ListValue(["b"])),
                ("postgresql_ops", DictValue([("a", "text_ops")])),
                ("postgresql_where", TEXT),
            ),
        ),
    ),
    (
        sa.Sequence("s", start=5, schema="x"),
        tables.Sequence(name="s", schema="x", arguments=(("start", 5),)),
    ),
]


@pytest.mark.parametrize(("item", "value"), ITEMS, ids=shown)
def test_what_an_operation_is_given_becomes_a_value(item: Any, value: Any) -> None:
    """Items that stand alone, as migration files say them."""
    assert dissect(item) == value
    assert dissect(value) is value


@pytest.mark.parametrize(("item", "value"), ITEMS, ids=shown)
def test_a_value_is_spelled_as_sqlalchemy_takes_it(item: Any, value: Any) -> None:
    """What is written in a file and read again is the same value."""
    assert dissect(build(spell(value))) == value


@pytest.mark.parametrize(
    ("column", "said", "instead"),
    [
        (sa.Column(sa.ForeignKey("t.id")), "a ForeignKey", "AddConstraint"),
        (
            sa.Column(sa.Integer, unique=True),
            "unique=True",
            "AddConstraint or AddIndex",
        ),
        (sa.Column(sa.Integer, index=True), "index=True", "AddIndex"),
        (
            sa.Column(sa.Integer, sa.CheckConstraint("a > 1")),
            "a constraint",
            "AddConstraint",
        ),
    ],
    ids=["foreign key", "unique", "index", "check"],
)
def test_a_column_in_a_migration_is_only_a_column(
    column: sa.Column[Any], said: str, instead: str
) -> None:
    """Keys and indexes are operations of their own."""
    with pytest.raises(ColumnSaysTooMuch) as caught:
        dissect(column)

    assert str(caught.value) == (
        f"[ST123] a column in a migration cannot say {said}\n"
        f"fix: say it with {instead}, an operation of its own"
    )


def test_a_column_has_the_name_that_the_operation_says() -> None:
    """Two names would leave open which one counts."""
    column: sa.Column[Any] = sa.Column("b", sa.Integer)

    assert dissect(column, "b") == tables.Column(type=INTEGER)
    with pytest.raises(ColumnNameMismatch) as caught:
        dissect(column, "a")

    assert str(caught.value) == (
        "[ST128] the column is called 'b' and the operation says 'a'\n"
        "fix: leave the name out of sqlalchemy.Column(…)"
    )


def test_an_index_needs_a_name() -> None:
    """Operations refer to it by its name."""
    with pytest.raises(IndexWithoutName) as caught:
        dissect(sa.Index(None, "a"))

    assert str(caught.value) == (
        "[ST124] an index has no name\nfix: name it: sqlalchemy.Index('ix_…', …)"
    )


def test_a_condition_that_is_a_function_is_refused() -> None:
    """Nobody could say when the item exists."""
    check = sa.CheckConstraint("a > 1", name="c").ddl_if(callable_=lambda *a, **k: True)

    with pytest.raises(ConditionNotUnderstood) as caught:
        dissect(check)

    assert str(caught.value) == (
        "[ST125] CheckConstraint 'c' exists only under a condition that is a function "
        "(ddl_if)\n"
        "fix: name the databases instead: .ddl_if(dialect=('postgresql', …))"
    )


def test_errors_in_a_column_say_where() -> None:
    """A project has thousands of columns."""
    table = sa.Table("t", sa.MetaData(), sa.Column("a"))

    with pytest.raises(StateError) as caught:
        dissect_column(table.c.a)

    assert caught.value.where == "column t.a"


def test_a_foreign_key_names_columns_not_keys() -> None:
    """SQLAlchemy refers to columns by key; databases know only names."""
    metadata = sa.MetaData(schema="s")
    parent = sa.Table("p", metadata, sa.Column("id", sa.Integer, key="k"))
    by_text, by_column = sa.ForeignKey("p.k"), sa.ForeignKey(parent.c.k)
    sa.Table("c", metadata, sa.Column("a", by_text), sa.Column("b", by_column))

    for reference in (by_text, by_column):
        assert reference.constraint is not None
        value = dissect_constraint(reference.constraint)
        assert isinstance(value, tables.ForeignKeyConstraint)
        assert (value.target, value.target_columns) == ("s.p", ("id",))


def test_a_check_of_a_type_has_the_name_that_ddl_gives_it() -> None:
    """The convention names it when SQL is compiled, not before."""
    naming = {"ck": "ck_%(table_name)s_%(column_0_name)s"}
    metadata = sa.MetaData(naming_convention=naming)
    table = sa.Table("t", metadata, sa.Column("a", sa.Boolean(create_constraint=True)))

    column = dissect_column(table.c.a)

    assert column.check_name == "ck_t_a"
    assert spell(column).argument("info") == DictValue([("check_name", "ck_t_a")])


def test_a_convention_that_lacks_a_name_is_reported() -> None:
    """SQLAlchemy would say so when the table is created."""
    naming = {"ck": "ck_%(table_name)s_%(constraint_name)s"}
    metadata = sa.MetaData(naming_convention=naming)
    table = sa.Table("t", metadata, sa.Column("a", sa.Boolean(create_constraint=True)))

    with pytest.raises(NamingConventionFailed) as caught:
        dissect_column(table.c.a)

    assert str(caught.value) == (
        "[ST129] the naming convention cannot name a constraint: Naming convention "
        "including %(constraint_name)s token requires that constraint is explicitly "
        "named.\n"
        "at: table t\n"
        "fix: give the constraint, or the Boolean or Enum type, a name"
    )


def test_a_constraint_of_an_unknown_class_is_refused() -> None:
    """Other dialects have constraints that the state has no form for."""

    class Strange(sa.Constraint):
        __visit_name__ = "strange"

    with pytest.raises(NotASchemaItem) as caught:
        dissect(Strange())

    assert str(caught.value) == (
        "[ST126] an object of class Strange has no form in a migration\n"
        "fix: use a constraint of sqlalchemy's or postgresql.ExcludeConstraint"
    )


def test_what_a_state_names_must_be_importable() -> None:
    """Somebody moved or deleted a class that a migration uses."""
    with pytest.raises(NameNotFound) as caught:
        build(Construct("sqlalchemy.Nothing"))

    assert str(caught.value) == (
        "[ST127] cannot import 'sqlalchemy.Nothing', which a migration uses\n"
        "fix: keep it where migrations find it, or edit the migrations that use it"
    )
