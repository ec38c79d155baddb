"""
Objects that no model knows and that depend on what changes are reported before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from attempts import APP, Attempt, attempt, fill, metadata_of

from whimbrel.errors.execute import DependentObjects
from whimbrel.migrations.hints import Hints
from whimbrel.testing.databases import (
    Scratch,
    ServerMissing,
    find_server,
    scratch_database,
)


def book(*items: Any, name: str = "book") -> sa.MetaData:
    return metadata_of(
        (
            name,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("pages", sa.Integer),
            *items,
        )
    )


def title(length: int = 40) -> sa.Column[Any]:
    return sa.Column("title", sa.String(length))


WITH, WITHOUT = book(title()), book()
WIDER = book(title(80))
NOTHING = metadata_of()


def there(scratch: Scratch, *objects: str, before: sa.MetaData = WITH) -> None:
    fill(scratch, before, {})
    with scratch.engine.begin() as connection:
        for sql in objects:
            connection.exec_driver_sql(sql)


def found(outcome: Attempt) -> tuple[str, ...]:
    assert isinstance(outcome.error, DependentObjects), outcome.error
    assert outcome.ran == []
    return outcome.found


def pasted(scratch: Scratch, outcome: Attempt, after: sa.MetaData) -> None:
    """What the message offers works: drop, change, make anew."""
    assert isinstance(outcome.error, DependentObjects)
    remedies = outcome.error.remedies
    with scratch.engine.begin() as connection:
        for drop, _ in reversed(remedies):
            connection.exec_driver_sql(drop)
    assert attempt(scratch, WITH, after).error is None
    with scratch.engine.begin() as connection:
        for _, make in remedies:
            connection.exec_driver_sql(make)


@pytest.fixture
def post() -> Iterator[Scratch]:
    try:
        server = find_server("postgresql")
    except ServerMissing as missing:
        pytest.skip(str(missing))
    with scratch_database(server) as scratch:
        yield scratch


@pytest.fixture
def lite() -> Iterator[Scratch]:
    with scratch_database(find_server("sqlite")) as scratch:
        yield scratch


@pytest.fixture
def my() -> Iterator[Scratch]:
    try:
        server = find_server("mysql")
    except ServerMissing as missing:
        pytest.skip(str(missing))
    with scratch_database(server) as scratch:
        yield scratch


VIEW = "CREATE VIEW titles AS SELECT id, title FROM book"
OTHER_VIEW = "CREATE VIEW lengths AS SELECT id, pages FROM book"


class TestPostgresql:
    def test_views_and_views_on_them(self, post: Scratch) -> None:
        there(
            post,
            VIEW,
            OTHER_VIEW,
            "CREATE VIEW upper_titles AS SELECT upper(title) AS t FROM titles",
            "CREATE MATERIALIZED VIEW counts AS "
            "SELECT t, count(*) AS n FROM upper_titles GROUP BY t",
            "CREATE UNIQUE INDEX counts_t ON counts (t)",
        )
        outcome = attempt(post, WITH, WIDER)
        assert found(outcome) == (
            "view titles uses column book.title",
            "view upper_titles uses view titles",
            "materialized view counts uses view upper_titles",
        )
        pasted(post, outcome, WIDER)
        with post.engine.begin() as connection:
            indexes = "SELECT indexname FROM pg_indexes WHERE tablename = 'counts'"
            assert connection.exec_driver_sql(indexes).scalar() == "counts_t"

    def test_a_column_that_goes(self, post: Scratch) -> None:
        there(post, VIEW)
        assert found(attempt(post, WITH, WITHOUT)) == (
            "view titles uses column book.title",
        )

    def test_a_table_that_goes(self, post: Scratch) -> None:
        there(post, "CREATE VIEW all_books AS SELECT * FROM book")
        assert found(attempt(post, WITH, NOTHING)) == (
            "view all_books uses table book",
        )

    def test_what_uses_something_else_does_not_matter(self, post: Scratch) -> None:
        there(
            post,
            OTHER_VIEW,
            "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RETURN NEW; END'",
            "CREATE TRIGGER note BEFORE INSERT ON book "
            "FOR EACH ROW EXECUTE FUNCTION noted()",
            "CREATE INDEX by_title ON book (lower(title))",
            "ALTER TABLE book ADD CHECK (title <> '')",
            "ALTER TABLE book ALTER title SET DEFAULT 'x'",
        )
        assert attempt(post, WITH, WITHOUT).error is None
        there(post, VIEW)
        assert attempt(post, WITH, book(title(), sa.Column("x", sa.Text))).error is None

    @pytest.mark.parametrize(
        ("objects", "says"),
        [
            (
                ["CREATE RULE r AS ON DELETE TO book WHERE old.title = '' DO NOTHING"],
                "rule r on book",
            ),
            (
                ["CREATE POLICY p ON book FOR SELECT TO PUBLIC USING (title <> '')"],
                "policy p on book",
            ),
            (
                [
                    "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS "
                    "'BEGIN RETURN NEW; END'",
                    "CREATE TRIGGER t BEFORE UPDATE OF title ON book "
                    "FOR EACH ROW EXECUTE FUNCTION noted()",
                ],
                "trigger t on book",
            ),
            (
                [
                    "CREATE FUNCTION longest() RETURNS integer LANGUAGE sql "
                    "BEGIN ATOMIC SELECT max(length(title)) FROM book; END"
                ],
                "function longest()",
            ),
            (
                [
                    "ALTER TABLE book ADD size integer "
                    "GENERATED ALWAYS AS (length(title)) STORED"
                ],
                "generated column book.size",
            ),
        ],
    )
    def test_other_objects(self, post: Scratch, objects: list[str], says: str) -> None:
        """Dropped and made anew by what the message offers."""
        for after in (WITHOUT, WIDER):
            there(post, *objects)
            outcome = attempt(post, WITH, after)
            assert found(outcome) == (f"{says} uses column book.title",)
        pasted(post, outcome, WIDER)

    def test_a_foreign_key_of_a_table_that_no_model_knows(self, post: Scratch) -> None:
        there(post, "CREATE TABLE legacy (b integer REFERENCES book)")
        assert attempt(post, WITH, WIDER).error is None
        assert found(attempt(post, WIDER, NOTHING)) == (
            "foreign key legacy_b_fkey of legacy uses table book",
        )

    def test_a_function_of_its_rows(self, post: Scratch) -> None:
        there(
            post,
            "CREATE FUNCTION name_of(book) RETURNS text LANGUAGE sql AS "
            "'SELECT $1.title'",
        )
        assert found(attempt(post, WITH, NOTHING)) == (
            "function name_of(book) uses table book",
        )

    def test_computed_columns_of_models_are_no_strangers(self, post: Scratch) -> None:
        def sized(length: int) -> sa.MetaData:
            size = sa.Column(
                "size", sa.Integer, sa.Computed("length(title)", persisted=True)
            )
            return book(title(length), size)

        there(post, before=sized(10))
        assert attempt(post, sized(10), sized(20)).error is None


class TestSqlite:
    def test_views_and_views_on_them(self, lite: Scratch) -> None:
        there(
            lite,
            VIEW,
            OTHER_VIEW,
            "CREATE VIEW upper_titles AS SELECT upper(title) AS t FROM titles",
        )
        outcome = attempt(lite, WITH, WITHOUT)
        assert found(outcome) == (
            "view titles uses column book.title",
            "view upper_titles uses view titles",
        )
        pasted(lite, outcome, WIDER)

    def test_a_table_that_goes(self, lite: Scratch) -> None:
        there(lite, OTHER_VIEW)
        assert found(attempt(lite, WITH, NOTHING)) == ("view lengths uses table book",)

    def test_a_trigger(self, lite: Scratch) -> None:
        there(
            lite,
            "CREATE TABLE log (what)",
            "CREATE TRIGGER noted AFTER INSERT ON book "
            "BEGIN INSERT INTO log VALUES (new.title); END",
        )
        assert found(attempt(lite, WITH, WITHOUT)) == (
            "trigger noted uses column book.title",
        )
        assert attempt(lite, WITH, NOTHING).error is None

    def test_a_namesake_of_another_table_does_not_matter(self, lite: Scratch) -> None:
        there(
            lite,
            "CREATE TABLE film (title)",
            "CREATE VIEW films AS SELECT film.title, pages FROM film, book",
            "CREATE VIEW all_books AS SELECT * FROM book",
        )
        assert attempt(lite, WITH, WITHOUT).error is None

    def test_a_type_that_changes_is_no_matter(self, lite: Scratch) -> None:
        there(lite, VIEW)
        assert attempt(lite, WITH, WIDER).error is None

    def test_a_view_that_was_broken_before(self, lite: Scratch) -> None:
        """Nobody can tell then; SQLite itself refuses, or does not mind."""
        there(lite, "CREATE VIEW broken AS SELECT title FROM nowhere")
        outcome = attempt(lite, WITH, NOTHING)
        assert outcome.error is None
        assert outcome.notices == []


class TestMysql:
    @pytest.mark.parametrize(
        ("after", "says"),
        [(WITHOUT, "column book.title"), (NOTHING, "table book")],
    )
    def test_a_view_becomes_invalid(
        self, my: Scratch, after: sa.MetaData, says: str
    ) -> None:
        there(my, VIEW)
        outcome = attempt(my, WITH, after)
        assert outcome.error is None
        (notice,) = outcome.notices
        assert notice.startswith(f"view titles uses {says}")

    def test_a_namesake_in_another_database(self, my: Scratch) -> None:
        there(my)
        with scratch_database(my.server) as other:
            there(other, VIEW)
            assert attempt(my, WITH, WITHOUT).notices == []

    def test_a_rename_is_not_followed(self, my: Scratch) -> None:
        there(my, VIEW, OTHER_VIEW)
        hints = Hints(fields={(APP, "book", "title"): "name"})
        after = book(sa.Column("name", sa.String(40)))
        (notice,) = attempt(my, WITH, after, hints).notices
        assert notice.startswith("view titles uses column book.title")

    def test_a_trigger(self, my: Scratch) -> None:
        there(
            my,
            "CREATE TRIGGER noted BEFORE INSERT ON book "
            "FOR EACH ROW SET NEW.title = upper(NEW.title)",
        )
        (notice,) = attempt(my, WITH, WITHOUT).notices
        assert notice.startswith("trigger noted uses column book.title")


def test_nothing_is_noticed_where_nobody_depends(database: Scratch) -> None:
    there(database)
    for after in (WITHOUT, WIDER, NOTHING):
        there(database)
        outcome = attempt(database, WITH, after)
        assert outcome.error is None
        assert outcome.notices == []
