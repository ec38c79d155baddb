"""Reading a project's SQLAlchemy and SQLModel classes."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

from whimbrel.errors.reflect import ModelNameTaken, NoModels
from whimbrel.errors.state import StateError
from whimbrel.reflect.metadata import read_metadata
from whimbrel.state import tables
from whimbrel.state.construct import Construct

KEPT: list[type] = []
"""Keeps mapped classes alive, as the modules that define them do."""


def declarative() -> type[orm.DeclarativeBase]:
    """Return a base with a bit of everything that maps classes on tables."""

    class Base(orm.DeclarativeBase):
        pass

    sa.Table(
        "author_book",
        Base.metadata,
        sa.Column("author_id", sa.ForeignKey("author.id"), primary_key=True),
        sa.Column("book_id", sa.ForeignKey("book.id"), primary_key=True),
    )

    class Author(Base):
        __tablename__ = "author"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        kind: orm.Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "a"}

    class Poet(Author):
        """Shares the table of authors."""

        metre: orm.Mapped[str | None]
        __mapper_args__ = {"polymorphic_identity": "p"}

    class Editor(Author):
        """Has a table of its own, joined to that of authors."""

        __tablename__ = "editor"
        id: orm.Mapped[int] = orm.mapped_column(
            sa.ForeignKey("author.id"), primary_key=True
        )
        __mapper_args__ = {"polymorphic_identity": "e"}

    class Book(Base):
        __tablename__ = "book"
        __table_args__ = (
            sa.UniqueConstraint("title", name="one_title"),
            {"comment": "what we lend", "sqlite_autoincrement": True},
        )
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        title: orm.Mapped[str] = orm.mapped_column(sa.String(100), index=True)

    KEPT.extend((Author, Poet, Editor, Book))
    return Base


def test_models_are_called_as_their_root_classes() -> None:
    """Tables without a class, and those of several classes, keep their names."""
    read = read_metadata(declarative(), "library")

    assert [model.label for model in read.models] == [
        "library.author_book",
        "library.Author",
        "library.Editor",
        "library.Book",
    ]


def test_a_class_that_shares_its_parents_table_adds_columns_to_it() -> None:
    """Single-table inheritance is one model."""
    read = read_metadata(declarative(), "library")

    assert list(read.models[1].fields) == ["id", "kind", "metre"]


def test_a_table_says_its_options_and_items() -> None:
    """Keys and indexes said on columns are items of the model."""
    book = read_metadata(declarative(), "library").models[3]

    assert dict(book.options) == {
        "db_table": "book",
        "db_table_comment": "what we lend",
        "table_options": {"sqlite_autoincrement": True},
        "indexes": (tables.Index(name="ix_book_title", expressions=("title",)),),
        "constraints": (tables.UniqueConstraint(columns=("title",), name="one_title"),),
    }
    assert book.fields["title"] == tables.Column(
        type=Construct("sqlalchemy.String", (100,)), nullable=False
    )


@pytest.mark.parametrize("part", ["metadata", "registry"])
def test_every_way_to_name_the_models_gives_the_same(part: str) -> None:
    """A base class, its MetaData and its registry all name the same tables."""
    base = declarative()

    assert read_metadata(getattr(base, part), "a") == read_metadata(base, "a")


def test_sqlmodel_classes_are_read() -> None:
    """SQLModel's base has a MetaData too."""
    import sqlmodel

    metadata = sa.MetaData()

    class Hero(sqlmodel.SQLModel, table=True):
        metadata = sa.MetaData()
        id: int | None = sqlmodel.Field(default=None, primary_key=True)
        name: str = sqlmodel.Field(max_length=50, index=True)

    (hero,) = read_metadata(Hero, "a").models

    assert hero.name == "Hero"
    assert hero.options["db_table"] == "hero"
    assert hero.fields["name"].type == Construct("sqlmodel.AutoString", (50,))
    assert [index.name for index in hero.indexes] == ["ix_hero_name"]
    assert metadata.tables == {}


def test_a_primary_key_is_said_where_it_adds_something() -> None:
    """A name, or an order: that of the table's columns is no part of equality."""
    metadata = sa.MetaData()
    columns = ("a", "b")

    def table(name: str, *items: Any) -> None:
        made = (sa.Column(c, sa.Integer, primary_key=True) for c in columns)
        sa.Table(name, metadata, *made, *items)

    sa.Table("single", metadata, sa.Column("a", sa.Integer, primary_key=True))
    table("plain")
    table("said", sa.PrimaryKeyConstraint("a", "b"))
    table("named", sa.PrimaryKeyConstraint("a", "b", name="pk"))
    table("turned", sa.PrimaryKeyConstraint("b", "a"))

    read = {m.name: m.constraints for m in read_metadata(metadata, "a").models}

    assert read == {
        "single": (),
        "plain": (tables.PrimaryKeyConstraint(columns=("a", "b")),),
        "said": (tables.PrimaryKeyConstraint(columns=("a", "b")),),
        "named": (tables.PrimaryKeyConstraint(columns=("a", "b"), name="pk"),),
        "turned": (tables.PrimaryKeyConstraint(columns=("b", "a")),),
    }


def test_constraints_come_in_order_of_definition() -> None:
    """SQLAlchemy keeps them in a set."""
    metadata = sa.MetaData()
    checks = [sa.CheckConstraint(f"a > {n}", name=f"c{n}") for n in range(20)]
    sa.Table("t", metadata, sa.Column("a", sa.Integer), *checks)

    (model,) = read_metadata(metadata, "a").models

    assert [c.name for c in model.constraints] == [f"c{n}" for n in range(20)]


@pytest.mark.parametrize("key", ["skip_migrations", "is_view"])
def test_tables_can_stay_out_of_migrations(key: str) -> None:
    """Views are mapped as tables."""
    metadata = sa.MetaData()
    sa.Table("seen", metadata, sa.Column("a", sa.Integer), info={key: True})

    assert read_metadata(metadata, "a").models == ()


def test_hints_about_renames_are_collected() -> None:
    """They answer the questions of detection, and are no part of the state."""
    metadata = sa.MetaData()
    sa.Table(
        "New",
        metadata,
        sa.Column("b", sa.Integer, info={"renamed_from": "a"}),
        info={"renamed_from": "Old"},
    )

    read = read_metadata(metadata, "app")

    assert read.renamed_models == {("app", "new"): "Old"}
    assert read.renamed_fields == {("app", "new", "b"): "a"}
    assert read.models[0].fields["b"] == tables.Column(
        type=Construct("sqlalchemy.Integer")
    )


def test_two_models_of_one_name_are_refused() -> None:
    """Migrations refer to models by app and name."""
    metadata = sa.MetaData()
    for schema in ("one", "two"):
        sa.Table("t", metadata, sa.Column("a", sa.Integer), schema=schema)

    with pytest.raises(ModelNameTaken) as caught:
        read_metadata(metadata, "app")

    assert str(caught.value) == (
        "[RE102] app 'app' has several models called 't', on the tables one.t, two.t\n"
        "fix: rename a class, or give one of the tables a name for migrations: "
        "info={'model_name': '…'}"
    )


def test_a_table_can_say_its_model_name() -> None:
    """The way out of a clash that keeps table and class as they are."""
    metadata = sa.MetaData()
    for schema in ("one", "two"):
        info = {"model_name": f"t_{schema}"}
        sa.Table("t", metadata, sa.Column("a", sa.Integer), schema=schema, info=info)

    names = [model.name for model in read_metadata(metadata, "app").models]

    assert names == ["t_one", "t_two"]


def test_something_else_is_refused() -> None:
    """A wrong attribute in the configuration."""
    with pytest.raises(NoModels) as caught:
        read_metadata(5, "app")

    assert str(caught.value) == (
        "[RE101] an object of class int holds no tables\n"
        "fix: name a MetaData, a declarative base, a registry or a SQLModel class: "
        'models = "shop.db:Base"'
    )


def test_an_error_names_the_column() -> None:
    """Or at least the table."""
    metadata = sa.MetaData()
    sa.Table("t", metadata, sa.Column("a", sa.ForeignKey("elsewhere.id")))

    with pytest.raises(StateError) as caught:
        read_metadata(metadata, "app")

    assert caught.value.where == "column t.a"
