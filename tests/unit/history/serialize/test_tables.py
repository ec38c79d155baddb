"""SQLAlchemy's objects: written in SQLAlchemy's words, and taken apart to the same."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import mysql, postgresql

from history.reading import evaluated, source
from whimbrel import migrations
from whimbrel.history.serialize import serialize
from whimbrel.migrations import CreateModel
from whimbrel.reflect.metadata import read_metadata
from whimbrel.schema.database import database_for
from whimbrel.state.dissect import dissect
from whimbrel.testing.strategies import metadata_of, schemas


class Cents(sa.types.TypeDecorator[int]):
    """A type of one's own."""

    impl = sa.Integer
    cache_ok = True

    def __init__(self, currency: str) -> None:
        super().__init__()
        self.currency = currency


CASES: list[tuple[Any, str]] = [
    (
        sa.Column(sa.String(100), nullable=False),
        "sa.Column(sa.String(100), nullable=False)",
    ),
    (
        sa.Column(sa.Integer, primary_key=True),
        "sa.Column(sa.Integer(), primary_key=True)",
    ),
    (
        sa.Column(sa.Integer, primary_key=True, autoincrement=False),
        "sa.Column(sa.Integer(), primary_key=True, autoincrement=False)",
    ),
    (
        sa.Column(sa.DateTime(timezone=True), server_default=sa.func.now()),
        "sa.Column(sa.DateTime(timezone=True), server_default=sa.func.now())",
    ),
    (
        sa.Column(sa.Text, server_default=sa.text("now()"), comment="it's"),
        'sa.Column(sa.Text(), server_default=sa.text("now()"), comment="it\'s")',
    ),
    (
        sa.Column(sa.Text, server_default="x"),
        'sa.Column(sa.Text(), server_default="x")',
    ),
    (
        sa.Column(sa.Integer, sa.Computed("a + b", persisted=True)),
        'sa.Column(sa.Integer(), sa.Computed("a + b", persisted=True))',
    ),
    (
        sa.Column(sa.Integer, sa.Identity(always=True, start=5), nullable=True),
        "sa.Column(sa.Integer(), sa.Identity(always=True, start=5), nullable=True)",
    ),
    (
        sa.Column(sa.Integer, sa.Sequence("s", start=3)),
        'sa.Column(sa.Integer(), sa.Sequence("s", start=3))',
    ),
    (
        sa.Column(sa.Enum("a", "b", name="letters")),
        'sa.Column(sa.Enum("a", "b", name="letters"))',
    ),
    (sa.Column(Cents("EUR")), f'sa.Column({__name__}.Cents("EUR"))'),
    (
        sa.Column(sa.String(9).with_variant(postgresql.CITEXT(), "postgresql")),
        'sa.Column(sa.String(9).with_variant(postgresql.CITEXT(), "postgresql"))',
    ),
    (
        sa.Column(postgresql.ARRAY(sa.Integer)),
        "sa.Column(postgresql.ARRAY(sa.Integer()))",
    ),
    (sa.Index("ix", "a", unique=True), 'sa.Index("ix", "a", unique=True)'),
    (
        sa.Index("ix", sa.text("b DESC"), postgresql_where=sa.column("a") > 5),
        'sa.Index("ix", sa.text("b DESC"), postgresql_where=sa.column("a") > 5)',
    ),
    (
        sa.Index("ix", sa.func.lower(sa.column("a")).desc()),
        'sa.Index("ix", sa.func.lower(sa.column("a")).desc())',
    ),
    (
        sa.Index("ix", "a", mysql_length={"a": 5}, postgresql_include=["b"]),
        'sa.Index("ix", "a", mysql_length={"a": 5}, postgresql_include=["b"])',
    ),
    (
        sa.PrimaryKeyConstraint("a", "b", name="pk"),
        'sa.PrimaryKeyConstraint("a", "b", name="pk")',
    ),
    (sa.UniqueConstraint("a", "b"), 'sa.UniqueConstraint("a", "b")'),
    (
        sa.UniqueConstraint("a", name="u", deferrable=True, initially="DEFERRED"),
        'sa.UniqueConstraint("a", name="u", deferrable=True, initially="DEFERRED")',
    ),
    (sa.CheckConstraint("a > 5", name="ck"), 'sa.CheckConstraint("a > 5", name="ck")'),
    (
        sa.CheckConstraint(sa.column("a").in_([1, 2])),
        'sa.CheckConstraint(sa.column("a").in_([1, 2]))',
    ),
    (
        sa.ForeignKeyConstraint(["a"], ["s.t.id"], name="fk", ondelete="CASCADE"),
        'sa.ForeignKeyConstraint(["a"], ["s.t.id"], name="fk", ondelete="CASCADE")',
    ),
    (
        sa.ForeignKeyConstraint(
            ["a", "b"], ["t.x", "t.y"], match="FULL", use_alter=True
        ),
        'sa.ForeignKeyConstraint(["a", "b"], ["t.x", "t.y"], match="FULL", '
        "use_alter=True)",
    ),
    (
        postgresql.ExcludeConstraint(("room", "="), name="x", where="a > 1"),
        'postgresql.ExcludeConstraint(("room", "="), name="x", where="a > 1")',
    ),
    (
        postgresql.ExcludeConstraint(
            (sa.func.lower(sa.column("a")), "&&"), using="btree", ops={"a": "o"}
        ),
        "postgresql.ExcludeConstraint(\n"
        '    (sa.func.lower(sa.column("a")), "&&"),\n'
        '    using="btree",\n'
        '    ops={"a": "o"},\n'
        ")",
    ),
    (
        sa.UniqueConstraint("a").ddl_if(dialect="postgresql"),
        'sa.UniqueConstraint("a").ddl_if(dialect="postgresql")',
    ),
    (
        sa.Index("ix", "a").ddl_if(dialect=("mysql", "sqlite")),
        'sa.Index("ix", "a").ddl_if(dialect=("mysql", "sqlite"))',
    ),
    (
        sa.Sequence("s", schema="x", increment=2),
        'sa.Sequence("s", schema="x", increment=2)',
    ),
]


@pytest.mark.parametrize(("given", "text"), CASES, ids=[text for _, text in CASES])
def test_schema_items_are_written_in_the_words_of_sqlalchemy(
    given: Any, text: str
) -> None:
    """What is read back is taken apart to the very same value."""
    value = dissect(given)

    assert source(value) == text
    assert dissect(evaluated(serialize(value))) == value


A, B = sa.column("a"), sa.column("b", sa.Integer)
TYPED = sa.column("j", postgresql.JSONB)
EXPRESSIONS: list[tuple[Any, str | None]] = [
    (A > 5, 'sa.column("a") > 5'),
    (A + B * 2, 'sa.column("a") + (sa.column("b") * 2)'),
    ((A > 5) & (B <= 1) | ~(A == None), None),  # noqa: E711
    (sa.or_(A > 5, sa.and_(B < 1, A != "x")), None),
    (sa.not_(A.in_([1, 2])), None),
    (-B, None),
    (B % 2 == 0, None),
    (B / 2, None),
    (B // 2, None),
    (A.is_(None), 'sa.column("a").is_(sa.null())'),
    (A.like("x%", escape="/"), None),
    (A.between(1, 2), 'sa.column("a").between(1, 2)'),
    (A.op("@>")("x"), 'sa.column("a").op("@>")("x")'),
    (A.desc().nulls_last(), 'sa.column("a").desc().nulls_last()'),
    (A.collate("C"), None),
    (sa.func.coalesce(A, 0) > sa.func.now(), None),
    (sa.func.pg_catalog.lower(A), 'sa.func.pg_catalog.lower(sa.column("a"))'),
    (sa.case((A > 1, "x"), (A > 2, "y"), else_="z"), None),
    (sa.cast(A, sa.Numeric(5, 2)), 'sa.cast(sa.column("a"), sa.Numeric(5, 2))'),
    (sa.extract("year", A), 'sa.extract("year", sa.column("a"))'),
    (sa.text("a > :x").bindparams(x=5), 'sa.text("a > :x").bindparams(x=5)'),
    (sa.literal_column("a || b"), 'sa.literal_column("a || b")'),
    (TYPED["k"].astext, None),
    (TYPED["k"].as_string(), None),
    (TYPED.contains({"a": 1}), None),
    (sa.column(sa.quoted_name("A", True)) > 1, None),
    (sa.true(), "sa.true()"),
]


@pytest.mark.parametrize(
    ("given", "text"), EXPRESSIONS, ids=[str(n) for n in range(len(EXPRESSIONS))]
)
def test_expressions_are_written_with_pythons_operators(
    given: Any, text: str | None
) -> None:
    """And come back to the same expression, whatever nests in what."""
    value = dissect(given)

    assert text is None or source(value) == text
    assert dissect(evaluated(serialize(value))) == value


def test_a_name_quoted_by_force_is_written_with_the_column() -> None:
    """SQLAlchemy takes `quote` with a name only."""
    column = sa.Column(sa.quoted_name("title", True), sa.Text)
    operation = migrations.AddField("Book", "title", column)

    assert source(operation) == (
        "migrations.AddField(\n"
        '    model_name="Book",\n'
        '    name="title",\n'
        '    field=sa.Column(sa.quoted_name("title", True), sa.Text()),\n'
        ")"
    )
    assert evaluated(serialize(operation)) == operation


def test_options_of_a_table_are_lists_and_dicts() -> None:
    """As people write them, not as the state keeps them."""
    operation = CreateModel(
        "book",
        [("id", sa.Column(sa.Integer, primary_key=True))],
        {
            "schema": "shop",
            "table_options": {"mysql_engine": "InnoDB"},
            "indexes": [sa.Index("ix", "id")],
        },
    )

    assert (
        "    options={\n"
        '        "schema": "shop",\n'
        '        "table_options": {"mysql_engine": "InnoDB"},\n'
        '        "indexes": [sa.Index("ix", "id")],\n'
        "    },\n"
    ) in source(operation)
    assert evaluated(serialize(operation)) == operation


def test_table_options_that_are_dicts_come_back() -> None:
    """They are read from a table as pairs, and from a file as a dict."""
    metadata = sa.MetaData()
    storage = {"fillfactor": 70}
    sa.Table("book", metadata, sa.Column("id", sa.Integer), postgresql_with=storage)
    (model,) = read_metadata(metadata, "shop").models
    operation = CreateModel(model.name, model.fields.items(), model.options)

    assert '"postgresql_with": {"fillfactor": 70}' in source(operation)
    assert evaluated(serialize(operation)) == operation


@pytest.mark.parametrize("database", ["postgresql", "mysql", "sqlite"])
@given(data=st.data())
def test_whole_schemas_come_back(database: str, data: st.DataObject) -> None:
    """Law L1 for tables as users have them."""
    facts = database_for(database).facts
    spec = data.draw(schemas(database, facts))
    read = read_metadata(metadata_of(spec), "shop")

    for model in read.models:
        operation = CreateModel(model.name, model.fields.items(), model.options)
        assert evaluated(serialize(operation)) == operation


def test_a_type_of_mysql_is_imported_from_its_dialect() -> None:
    """The others are not imported."""
    assert source(dissect(mysql.TINYINT(1))) == "mysql.TINYINT(1)"
