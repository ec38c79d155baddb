"""From two states and hints to a change: lineage, fills, types in use."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from itertools import pairwise

import pytest
import sqlalchemy as sa

from whimbrel import models
from whimbrel.migrations.hints import Hints
from whimbrel.reflect.metadata import read_metadata
from whimbrel.schema.change import SchemaChange
from whimbrel.schema.database import database_for
from whimbrel.schema.lower import LoweredModel, Lowering
from whimbrel.schema.objects import EnumType, Sequence
from whimbrel.schema.transition import compile_change, transition
from whimbrel.state.model import ModelState
from whimbrel.state.project import ProjectState

DATABASE = database_for("postgresql", (15,))


def changed(
    before: ProjectState, after: ProjectState, hints: Hints | None = None
) -> SchemaChange:
    return transition(before, after, hints or Hints(), Lowering(DATABASE))


def sql(
    before: ProjectState, after: ProjectState, hints: Hints | None = None
) -> list[str]:
    return [s.sql for s in compile_change(changed(before, after, hints), DATABASE)]


def model(
    model_name: str, options: dict[str, object] | None = None, /, **fields: object
) -> ModelState:
    key = {"id": models.BigAutoField(primary_key=True)}
    return ModelState("a", model_name, {**key, **fields}, options or {})


def project(*states: ModelState) -> ProjectState:
    return ProjectState.of(states)


def tables(build: Callable[[sa.MetaData], object]) -> ProjectState:
    metadata = sa.MetaData()
    build(metadata)
    read = read_metadata(metadata, "a")
    return ProjectState.of(read.models, read.sequences)


AUTHOR = model("Author", name=models.CharField(max_length=10))


def book(**fields: object) -> ModelState:
    return model("Book", **fields)


# Lineage


def test_nothing_changes_between_equal_states() -> None:
    one, other = project(AUTHOR, book()), project(AUTHOR, book())

    assert changed(one, other) == SchemaChange()


def test_what_only_python_sees_needs_no_statement() -> None:
    before = project(book(n=models.IntegerField(default=1, help_text="x")))
    after = project(book(n=models.IntegerField(default=2, verbose_name="y")))

    assert sql(before, after) == []


def test_a_renamed_field_is_the_same_column() -> None:
    before = project(book(n=models.IntegerField()))
    after = project(book(m=models.IntegerField()))
    hints = Hints(fields={("a", "book", "n"): "m"})

    assert sql(before, after, hints) == ["ALTER TABLE a_book RENAME COLUMN n TO m"]
    assert sql(after, before, hints.inverted()) == [
        "ALTER TABLE a_book RENAME COLUMN m TO n"
    ]


def test_another_db_column_is_a_rename_too() -> None:
    before = project(book(n=models.IntegerField()))
    after = project(book(n=models.IntegerField(db_column="number")))

    assert sql(before, after) == ["ALTER TABLE a_book RENAME COLUMN n TO number"]


def test_a_field_that_replaces_another_of_its_name_is_a_new_column() -> None:
    before = project(book(n=models.IntegerField(null=True)))
    after = project(book(n=models.TextField(null=True)))
    hints = Hints(
        new_fields=frozenset({("a", "book", "n")}),
        gone_fields=frozenset({("a", "book", "n")}),
    )

    assert sql(before, after, hints) == [
        "ALTER TABLE a_book DROP COLUMN n, ADD COLUMN n TEXT"
    ]


def test_a_model_renamed_with_its_references() -> None:
    before = project(AUTHOR, book(by=models.ForeignKey("a.Author", models.CASCADE)))
    after = before.clone()
    after.rename_model("a", "Author", "Writer")
    hints = Hints(models={("a", "author"): ("a", "writer")})

    statements = sql(before, after, hints)

    assert statements[:3] == [
        "ALTER TABLE a_author RENAME TO a_writer",
        "ALTER SEQUENCE IF EXISTS a_author_id_seq RENAME TO a_writer_id_seq",
        "ALTER TABLE a_writer RENAME CONSTRAINT a_author_pkey TO a_writer_pkey",
    ]
    assert len(statements) == 4
    assert statements[3].startswith(
        "ALTER TABLE a_book RENAME CONSTRAINT a_book_by_id_"
    )


def test_models_that_refer_to_a_changed_key_change_with_it() -> None:
    """Their state is the same object, the type of their column is not."""
    before = project(
        AUTHOR,
        book(
            by=models.ForeignKey("a.Author", models.CASCADE),
            readers=models.ManyToManyField("a.Author"),
        ),
    )
    after = before.clone()
    after.alter_field("a", "author", "id", models.AutoField(primary_key=True))

    statements = sql(before, after)

    types = [s for s in statements if "TYPE" in s]
    assert types == [
        "ALTER TABLE a_author ALTER COLUMN id TYPE INTEGER",
        "ALTER TABLE a_book ALTER COLUMN by_id TYPE INTEGER",
        "ALTER TABLE a_book_readers ALTER COLUMN author_id TYPE INTEGER",
    ]
    assert sum("DROP CONSTRAINT" in s for s in statements) == 2
    assert sum("FOREIGN KEY" in s for s in statements) == 2


def test_what_refers_to_a_proxy_follows_the_table_behind_it() -> None:
    def library(size: int, **options: object) -> ProjectState:
        key = models.CharField(max_length=size, primary_key=True)
        proxy = ModelState("a", "Writer", {}, {"proxy": True}, ("a.Author",))
        link = models.ForeignKey("a.Writer", models.CASCADE)
        author = ModelState("a", "Author", {"code": key}, options)
        return project(author, proxy, book(author=link))

    small, large, moved = library(5), library(9), library(5, db_table="people")

    assert "ALTER TABLE a_book ALTER COLUMN author_id TYPE VARCHAR(9)" in sql(
        small, large
    )
    for before, after in ((small, moved), (moved, small)):
        assert {t.after.name for t in changed(before, after).tables if t.after} == {
            after.models["a", "author"].db_table,
            "a_book",
        }


def test_references_follow_a_table_that_somebody_else_looks_after() -> None:
    def library(table: str) -> ProjectState:
        options: dict[str, object] = {"managed": False, "db_table": table}
        link = models.ForeignKey("a.Author", models.CASCADE)
        return project(model("Author", options), book(author=link))

    statements = sql(library("one"), library("two"))

    assert "DROP CONSTRAINT" in statements[0]
    assert "REFERENCES two (id)" in statements[1]


def test_a_many_to_many_field_keeps_its_table_when_it_is_renamed() -> None:
    before = project(AUTHOR, book(readers=models.ManyToManyField("a.Author")))
    after = before.clone()
    after.rename_field("a", "book", "readers", "fans")
    hints = Hints(fields={("a", "book", "readers"): "fans"})

    assert sql(before, after, hints)[0] == (
        "ALTER TABLE a_book_readers RENAME TO a_book_fans"
    )
    assert not any(s.startswith(("CREATE", "DROP")) for s in sql(before, after, hints))


def test_a_many_to_many_table_follows_its_models_by_position() -> None:
    before = project(AUTHOR, book(readers=models.ManyToManyField("a.Author")))
    after = before.clone()
    after.rename_model("a", "Author", "Person")
    hints = Hints(models={("a", "author"): ("a", "person")})

    assert "ALTER TABLE a_book_readers RENAME COLUMN author_id TO person_id" in sql(
        before, after, hints
    )


def test_a_many_to_many_table_becomes_a_model_s_and_back() -> None:
    before = project(AUTHOR, book(readers=models.ManyToManyField("a.Author")))
    after = project(
        AUTHOR,
        book(readers=models.ManyToManyField("a.Author", through="a.Reading")),
        model(
            "Reading",
            {
                "db_table": "a_book_readers",
                "unique_together": (("book", "author"),),
            },
            book=models.ForeignKey("a.Book", models.CASCADE),
            author=models.ForeignKey("a.Author", models.CASCADE),
            since=models.DateField(null=True),
        ),
    )

    assert sql(before, after) == ["ALTER TABLE a_book_readers ADD COLUMN since DATE"]
    assert sql(after, before) == ["ALTER TABLE a_book_readers DROP COLUMN since"]


def test_whether_a_model_is_managed_changes_no_table() -> None:
    managed = project(book(n=models.IntegerField()))
    unmanaged = project(model("Book", {"managed": False}, n=models.IntegerField()))

    assert sql(managed, unmanaged) == []
    assert sql(unmanaged, managed) == []


def test_only_what_changes_is_lowered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A project of a thousand models pays for one."""
    before = project(AUTHOR, book(), model("Tag"))
    after = before.clone()
    after.add_field("a", "tag", "n", models.IntegerField(null=True))
    lowering = Lowering(DATABASE)
    seen: list[str] = []
    lower = lowering.lower

    def noted(state: ProjectState, key: tuple[str, str]) -> LoweredModel:
        seen.append(key[1])
        return lower(state, key)

    monkeypatch.setattr(lowering, "lower", noted)

    transition(before, after, Hints(), lowering)

    assert set(seen) == {"tag"}


# Fills


def added(field: models.Field, **fills: object) -> list[str]:
    hints = Hints(fills={("a", "book", name): value for name, value in fills.items()})
    return sql(project(book()), project(book(n=field)), hints)


def test_rows_get_what_the_operation_says() -> None:
    assert added(models.IntegerField(), n=7) == [
        "ALTER TABLE a_book ADD COLUMN n INTEGER DEFAULT 7 NOT NULL",
        "ALTER TABLE a_book ALTER COLUMN n DROP DEFAULT",
    ]


def test_a_callable_is_called_when_the_statements_are_made() -> None:
    assert "DEFAULT 8 " in added(models.IntegerField(), n=lambda: 8)[0]


def test_rows_get_an_expression() -> None:
    assert "DEFAULT now() " in added(models.DateTimeField(), n=sa.func.now())[0]


def test_rows_get_a_field_s_default() -> None:
    assert "DEFAULT 3 " in added(models.IntegerField(default=3))[0]
    assert "DEFAULT 'x'" in added(models.TextField(default="x", null=True))[0]


def test_a_default_of_the_database_fills_by_itself() -> None:
    assert added(models.IntegerField(default=3, db_default=4)) == [
        "ALTER TABLE a_book ADD COLUMN n INTEGER DEFAULT 4 NOT NULL"
    ]


def test_a_column_that_must_not_be_null_comes_back_with_a_neutral_value() -> None:
    """On the way back nobody can be asked; forwards somebody was."""
    without = project(book())
    with_text = project(book(n=models.CharField(max_length=5)))
    back = Hints(gone_fields=frozenset({("a", "book", "n")})).inverted()

    assert "DEFAULT '' NOT NULL" in sql(without, with_text, back)[0]
    assert added(models.CharField(max_length=5)) == [
        "ALTER TABLE a_book ADD COLUMN n VARCHAR(5) NOT NULL"
    ]
    assert added(models.CharField(max_length=5, null=True)) == [
        "ALTER TABLE a_book ADD COLUMN n VARCHAR(5)"
    ]


def test_a_reference_has_no_neutral_value() -> None:
    before = project(AUTHOR, book())
    after = project(AUTHOR, book(by=models.ForeignKey("a.Author", models.CASCADE)))

    assert sql(before, after)[0] == (
        "ALTER TABLE a_book ADD COLUMN by_id BIGINT NOT NULL"
    )


def test_the_way_back_fills_one_of_several_columns_of_a_key() -> None:
    """
    In a key of several columns the others tell rows apart; in one of its own, no.

    A dropped column of a unique constraint came back without a value, so that no
    table with rows could go back.
    """

    def book(*unique: str) -> ProjectState:
        def build(metadata: sa.MetaData) -> None:
            made = sa.Table("book", metadata, sa.Column("shelf", sa.Integer))
            if unique:
                made.append_column(sa.Column("place", sa.Integer, nullable=False))
                made.append_constraint(sa.UniqueConstraint(*unique))

        return tables(build)

    back = Hints(fills_neutrally=True)
    both = sql(book(), book("shelf", "place"), back)
    alone = sql(book(), book("place"), back)

    assert "ADD COLUMN place INTEGER DEFAULT 0 NOT NULL" in both[0]
    assert "ADD COLUMN place INTEGER NOT NULL" in alone[0]


def test_nulls_are_filled_where_they_are_no_longer_allowed() -> None:
    before = project(book(n=models.IntegerField(null=True)))
    after = project(book(n=models.IntegerField(default=5)))

    assert sql(before, after) == [
        "UPDATE a_book SET n = 5 WHERE n IS NULL",
        "ALTER TABLE a_book ALTER COLUMN n SET NOT NULL",
    ]


def test_a_value_without_a_literal_is_bound() -> None:
    class Odd:
        def __repr__(self) -> str:
            return "Odd(\n)"

    assert added(models.IntegerField(), n=Odd()) == [
        "ALTER TABLE a_book ADD COLUMN n INTEGER",
        "-- Python: fill a_book.n of all rows with Odd( )",
        "ALTER TABLE a_book ALTER COLUMN n SET NOT NULL",
    ]


def test_a_cast_is_used_in_a_type_change() -> None:
    before = project(book(n=models.TextField()))
    after = project(book(n=models.IntegerField()))
    hints = Hints(casts={("a", "book", "n"): "length(n)"})

    assert sql(before, after, hints) == [
        "ALTER TABLE a_book ALTER COLUMN n TYPE INTEGER USING length(n)"
    ]


def test_a_uuid_in_text_is_written_as_its_type_writes_it() -> None:
    """
    SQLAlchemy's `Uuid` looks for 32 digits where there is no type for UUIDs.

    Rows were copied with their dashes, which no query found any more.
    """
    sqlite = database_for("sqlite", (3, 40))

    def book(type_: sa.types.TypeEngine[object]) -> ProjectState:
        return tables(lambda m: sa.Table("book", m, sa.Column("id", type_)))

    def travelled(*types: sa.types.TypeEngine[object]) -> list[str]:
        connection = sqlite3.connect(":memory:")
        connection.execute("CREATE TABLE book (id)")
        connection.execute("INSERT INTO book VALUES (?)", (str(value),))
        seen = []
        for old, new in pairwise(types):
            change = transition(book(old), book(new), Hints(), Lowering(sqlite))
            for statement in compile_change(change, sqlite):
                connection.execute(statement.sql)
            seen += [row[0] for row in connection.execute("SELECT id FROM book")]
        return seen

    value = uuid.UUID("abcdef00-0000-4000-8000-000000000001")
    assert travelled(sa.String(36), sa.Uuid(), sa.String(36)) == [value.hex, str(value)]
    assert travelled(sa.Text(), sa.Uuid(), sa.CHAR(32)) == [value.hex, value.hex]


def test_uuids_differ_from_row_to_row_in_a_unique_column() -> None:
    """DESIGN §3: a callable default is evaluated for each row of a unique column."""
    statements = added(models.UUIDField(default=uuid.uuid4, unique=True))

    assert statements[0] == (
        "ALTER TABLE a_book ADD COLUMN n UUID DEFAULT gen_random_uuid() NOT NULL"
    )


# Types and sequences in use


def moods(*values: str, users: str = "ab") -> ProjectState:
    def build(metadata: sa.MetaData) -> None:
        for name in "abc":
            table = sa.Table(name, metadata, sa.Column("id", sa.Integer))
            if name in users:
                table.append_column(sa.Column("mood", sa.Enum(*values, name="mood")))

    return tables(build)


def test_a_type_stays_while_another_table_uses_it() -> None:
    change = changed(moods("x", users="ab"), moods("x", users="a"))

    assert change.created_enums == change.dropped_enums == ()


def test_a_type_comes_with_its_first_column_and_goes_with_its_last() -> None:
    mood = EnumType(key=(None, "mood"), values=("x",))

    assert changed(moods("x", users=""), moods("x")).created_enums == (mood,)
    assert changed(moods("x"), moods("x", users="")).dropped_enums == (mood,)


def test_all_columns_of_a_type_move_together() -> None:
    """Also while only one of two models has been told of the new values."""
    before, after = moods("x", "y"), moods("y", "z")
    half = before.clone()
    half.alter_field("a", "a", "mood", after.models["a", "a"].fields["mood"])

    first, second = changed(before, half), changed(half, after)

    assert first.altered_enums == (
        (
            EnumType(key=(None, "mood"), values=("x", "y")),
            EnumType(key=(None, "mood"), values=("y", "z", "x")),
        ),
    )
    assert {t.after.name for t in first.tables if t.after} == {"a", "b"}
    assert second.altered_enums[0][1].values == ("y", "z")
    assert {t.after.name for t in second.tables if t.after} == {"a", "b"}


def test_sequences_that_stand_alone_and_of_columns() -> None:
    def build(metadata: sa.MetaData) -> None:
        owned = sa.Sequence("owned", start=3)
        sa.Table("t", metadata, sa.Column("n", sa.Integer, owned))
        sa.Sequence("lone", metadata=metadata)

    empty = ProjectState()
    change = changed(empty, tables(build))

    assert set(change.created_sequences) == {
        Sequence(key=(None, "owned"), options="START WITH 3"),
        Sequence(key=(None, "lone")),
    }
    assert set(changed(tables(build), empty).dropped_sequences) == set(
        change.created_sequences
    )


def test_a_schema_is_made_for_its_first_table() -> None:
    one = tables(lambda m: sa.Table("t", m, sa.Column("n", sa.Integer), schema="s"))

    def build(metadata: sa.MetaData) -> None:
        for name in "tu":
            sa.Table(name, metadata, sa.Column("n", sa.Integer), schema="s")

    assert changed(ProjectState(), one).created_schemas == ("s",)
    assert changed(one, tables(build)).created_schemas == ()
