"""SQLAlchemy's tables and models' states as plain data, in PostgreSQL's words."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.schema import SchemaItem

from whimbrel import models
from whimbrel.schema.database import Database, database_for
from whimbrel.schema.lower import Lowering
from whimbrel.schema.objects import (
    AutoIncrement,
    Column,
    Computed,
    Constraint,
    EnumType,
    ForeignKey,
    Index,
    Sequence,
    Table,
)
from whimbrel.state.model import ModelState
from whimbrel.state.project import ProjectState


@pytest.fixture(scope="module")
def postgresql() -> Database:
    return database_for("postgresql", (16,))


def lowered(database: Database, *items: SchemaItem, **options: Any) -> Table:
    return database.lower_table(sa.Table("t", sa.MetaData(), *items, **options))


def test_a_column_with_everything(postgresql: Database) -> None:
    column = sa.Column(
        "c",
        sa.String(10, collation="de_DE"),
        nullable=False,
        server_default="it's 5%",
        comment="words",
    )

    assert lowered(postgresql, column).columns == (
        Column(
            name="c",
            type="VARCHAR(10)",
            nullable=False,
            default="'it''s 5%'",
            collation="de_DE",
            comment="words",
        ),
    )


@pytest.mark.parametrize(
    ("column", "kind", "type_"),
    [
        pytest.param(
            lambda: sa.Column("id", sa.Integer, primary_key=True),
            "serial",
            "INTEGER",
            id="integer key",
        ),
        pytest.param(
            lambda: sa.Column("id", sa.BigInteger, primary_key=True),
            "serial",
            "BIGINT",
            id="bigint key",
        ),
        pytest.param(
            lambda: sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
            None,
            "INTEGER",
            id="not automatic",
        ),
        pytest.param(
            lambda: sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
            "identity",
            "INTEGER",
            id="identity",
        ),
        pytest.param(
            lambda: sa.Column("id", sa.Uuid, primary_key=True),
            None,
            "UUID",
            id="uuid",
        ),
    ],
)
def test_a_column_that_numbers_itself(
    postgresql: Database, column: object, kind: str | None, type_: str
) -> None:
    [made] = lowered(postgresql, column()).columns  # type: ignore[operator]

    assert made.type == type_
    assert made.default is None
    assert not made.nullable
    assert (made.auto_increment.kind if made.auto_increment else None) == kind


def test_identity_options_and_computed_columns(postgresql: Database) -> None:
    table = lowered(
        postgresql,
        sa.Column("a", sa.Integer, sa.Identity(always=True, start=5)),
        sa.Column("b", sa.Integer, sa.Computed("a % 2")),
    )

    assert table.column("a").auto_increment == AutoIncrement(
        kind="identity", options="ALWAYS AS IDENTITY (START WITH 5)"
    )
    assert table.column("b").computed == Computed(sql="a % 2", persisted=True)


def test_named_types_are_found_in_arrays_variants_and_decorators(
    postgresql: Database,
) -> None:
    class Wrapped(sa.types.TypeDecorator[str]):
        impl = sa.Enum("a", "b", name="e", schema="s")
        cache_ok = True

    mood = sa.Enum("a", "b", name="e", schema="s")
    table = lowered(
        postgresql,
        sa.Column("one", mood),
        sa.Column("many", sa.ARRAY(mood)),
        sa.Column("else", sa.Text().with_variant(mood, "postgresql")),
        sa.Column("wrapped", Wrapped()),
        sa.Column("text", sa.Enum("a", name="n", native_enum=False)),
    )

    enum = EnumType(key=("s", "e"), values=("a", "b"))
    assert [(c.type, c.enum) for c in table.columns] == [
        ("s.e", enum),
        ("s.e[]", enum),
        ("s.e", enum),
        ("s.e", enum),
        ("VARCHAR(1)", None),
    ]


def test_constraints_are_cut_after_their_names(postgresql: Database) -> None:
    table = lowered(
        postgresql,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("a", sa.Boolean(create_constraint=True, name="ck_a")),
        sa.Column("b", sa.Integer, unique=True),
        sa.CheckConstraint('b > 0 AND "a"', name="ck", comment="why"),
        sa.UniqueConstraint("a", "b", name="uq", deferrable=True),
        sa.CheckConstraint("b < 9").ddl_if(dialect="sqlite"),
    )

    assert table.primary_key == Constraint(
        kind="primary_key", name="t_pkey", sql="PRIMARY KEY (id)", columns=("id",)
    )
    assert table.constraints == (
        Constraint(
            kind="check",
            name="ck",
            sql='CHECK (b > 0 AND "a")',
            columns=("b", "a"),
            comment="why",
        ),
        Constraint(
            kind="unique", name="uq", sql="UNIQUE (a, b) DEFERRABLE", columns=("a", "b")
        ),
        Constraint(kind="unique", name="t_b_key", sql="UNIQUE (b)", columns=("b",)),
    )


def test_foreign_keys_need_no_target_at_hand(postgresql: Database) -> None:
    table = lowered(
        postgresql,
        sa.Column("a", sa.Integer, sa.ForeignKey("other.b.id", ondelete="CASCADE")),
        sa.Column("c", sa.Integer, sa.ForeignKey("t.a", use_alter=True, name="fk")),
    )

    assert table.foreign_keys == (
        ForeignKey(
            name="t_a_fkey",
            columns=("a",),
            target=("other", "b"),
            target_columns=("id",),
            suffix="ON DELETE CASCADE",
        ),
        ForeignKey(
            name="fk", columns=("c",), target=(None, "t"), target_columns=("a",)
        ),
    )
    assert [f.use_alter for f in table.foreign_keys] == [False, True]


def test_a_foreign_key_names_columns_not_keys(postgresql: Database) -> None:
    """SQLAlchemy refers by key where the target is in the same metadata."""
    metadata = sa.MetaData()
    sa.Table("p", metadata, sa.Column("p_id", sa.Integer, key="id", primary_key=True))
    child = sa.Table(
        "c", metadata, sa.Column("col", sa.Integer, sa.ForeignKey("p.id"), key="k")
    )

    [key] = postgresql.lower_table(child).foreign_keys

    assert (key.columns, key.target_columns) == (("col",), ("p_id",))


def test_indexes_are_cut_after_the_table(postgresql: Database) -> None:
    table = lowered(
        postgresql,
        sa.Column("a", sa.Text),
        sa.Column("b b", sa.Text),
        sa.Index(
            "ix",
            sa.text("lower(a)"),
            "b b",
            unique=True,
            postgresql_using="btree",
            postgresql_concurrently=True,
            postgresql_where=sa.text("a <> ' ON t '"),
        ),
        schema="s",
    )

    assert table.indexes == (
        Index(
            name="ix",
            prefix="UNIQUE",
            sql="USING btree (lower(a), \"b b\") WHERE a <> ' ON t '",
            columns=("a", "b b"),
        ),
    )


def test_sequences_of_columns(postgresql: Database) -> None:
    [column] = lowered(
        postgresql,
        sa.Column("n", sa.Integer, sa.Sequence("numbers", start=5, schema="s")),
    ).columns

    assert column.sequence == Sequence(key=("s", "numbers"), options="START WITH 5")
    assert column.default is None


def test_an_optional_sequence_is_not_needed(postgresql: Database) -> None:
    [column] = lowered(
        postgresql,
        sa.Column(
            "n", sa.Integer, sa.Sequence("numbers", optional=True), primary_key=True
        ),
    ).columns

    assert column.sequence is None
    assert column.auto_increment == AutoIncrement(kind="serial")


def test_what_has_no_neutral_value(postgresql: Database) -> None:
    """Keys, references and unique columns: a value for all rows would not do."""
    table = lowered(
        postgresql,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("r", sa.Integer, sa.ForeignKey("x.id"), nullable=False),
        sa.Column("u", sa.Integer, unique=True, nullable=False),
        sa.Column("v", sa.Integer, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("p", pg.BIT, nullable=False),
        sa.Index("ix", "v", unique=True),
    )

    assert {c.name: c.empty for c in table.columns} == {
        "id": None,
        "r": None,
        "u": None,
        "v": None,
        "n": "0",
        "p": None,
    }


# Models


def model(name: str, **fields: models.Field) -> ModelState:
    return ModelState("a", name, fields, {})


AUTHOR = model("Author", id=models.BigAutoField(primary_key=True))
BOOK = model(
    "Book",
    id=models.BigAutoField(primary_key=True),
    author=models.ForeignKey("a.Author", on_delete=models.CASCADE),
    readers=models.ManyToManyField("a.Author"),
)


def test_a_model_s_columns_are_known_by_field(postgresql: Database) -> None:
    state = ProjectState.of([AUTHOR, BOOK])

    book = Lowering(postgresql).lower(state, ("a", "book"))

    assert book.columns == {"id": "id", "author": "author_id"}
    assert book.main is not None
    assert book.main.name == "a_book"
    assert book.main.column("author_id").type == "BIGINT"
    assert [c.name for c in book.many_to_many["readers"].columns] == [
        "id",
        "book_id",
        "author_id",
    ]


def test_a_model_is_lowered_once_as_long_as_what_it_depends_on_stays(
    postgresql: Database,
) -> None:
    lowering = Lowering(postgresql)
    state = ProjectState.of([AUTHOR, BOOK])
    first = lowering.lower(state, ("a", "book"))
    other = state.clone()
    other.add_model(model("Tag", id=models.BigAutoField(primary_key=True)))
    assert lowering.lower(other, ("a", "book")) is first

    other.alter_field("a", "author", "id", models.AutoField(primary_key=True))

    changed = lowering.lower(other, ("a", "book"))
    assert changed.main is not None
    assert changed.main.column("author_id").type == "INTEGER"
    assert lowering.lower(state, ("a", "book")) is first


def test_proxies_and_unmanaged_models_have_no_table(postgresql: Database) -> None:
    state = ProjectState.of(
        [
            AUTHOR,
            ModelState("a", "P", {}, {"proxy": True}, ("a.Author",)),
            ModelState(
                "a",
                "U",
                {"id": models.BigAutoField(primary_key=True)},
                {"managed": False},
            ),
        ]
    )
    lowering = Lowering(postgresql)

    assert lowering.lower(state, ("a", "p")).tables == ()
    assert lowering.lower(state, ("a", "u")).tables == ()


def test_a_type_for_moments_is_an_instant(postgresql: Database) -> None:
    literals = postgresql.tables.literals
    moment = datetime.datetime(2020, 1, 2, tzinfo=datetime.UTC)
    type_ = models.DateTimeField().sqlalchemy_type()

    assert literals.literal(moment, type_) == "'2020-01-02 00:00:00+00:00'"


def test_autoincrement_is_for_integers_alone() -> None:
    """Between two operations a key may be a BIGINT and its table still ask for it."""
    sqlite = database_for("sqlite")
    key = sa.Column("id", sa.BigInteger, primary_key=True)

    table = lowered(sqlite, key, sqlite_autoincrement=True)

    assert table.columns[0].auto_increment is None
    assert table.primary_key is not None
    assert table.primary_key.sql == "PRIMARY KEY (id)"


@pytest.mark.parametrize("name", ["sqlite", "mysql"])
def test_an_identity_has_a_neutral_value_where_nothing_numbers_it(name: str) -> None:
    """SQLAlchemy says that such a column has a default."""
    column = sa.Column("c", sa.Integer, sa.Identity())

    assert lowered(database_for(name), column).columns[0].empty == "0"


def test_the_neutral_moment_is_one_that_mysqls_timestamps_know() -> None:
    column = sa.Column("c", sa.TIMESTAMP, nullable=False)

    (made,) = lowered(database_for("mysql"), column).columns

    assert made.empty == "'1970-01-02 00:00:00'"


def test_a_number_of_sqlite_keeps_the_default_that_it_is_given() -> None:
    """It means nothing beside AUTOINCREMENT, and yet SQLAlchemy writes it."""
    key = sa.Column("id", sa.Integer, primary_key=True, server_default=sa.text("7"))

    (made,) = lowered(database_for("sqlite"), key, sqlite_autoincrement=True).columns

    assert made.auto_increment is not None
    assert made.default == "7"
