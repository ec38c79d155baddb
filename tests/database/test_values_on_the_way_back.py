"""A required column that comes back gets the value that its operation says, or the
way back is refused before it begins."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from whimbrel import models
from whimbrel.errors.execute import RowsInTheWay
from whimbrel.execute.executor import Executor
from whimbrel.migrations import (
    AddField,
    AlterField,
    CreateModel,
    Migration,
    Operation,
    RemoveField,
    RenameField,
    RenameModel,
    RunSQL,
)
from whimbrel.schema.database import database_for
from whimbrel.testing.databases import Scratch

BOOKS = [
    CreateModel("Shelf", [("id", models.AutoField(primary_key=True))]),
    CreateModel(
        "Book",
        [
            ("id", models.AutoField(primary_key=True)),
            ("shelf", models.ForeignKey("shop.Shelf", models.CASCADE)),
            ("isbn", models.CharField(max_length=20, unique=True)),
            ("pages", models.IntegerField()),
        ],
    ),
    RunSQL("INSERT INTO shop_shelf (id) VALUES (1)", ""),
    RunSQL("INSERT INTO shop_shelf (id) VALUES (2)", ""),
    RunSQL(
        "INSERT INTO shop_book (id, shelf_id, isbn, pages) "
        "VALUES (1, 1, 'a', 10), (2, 1, 'b', 20)",
        "",
    ),
]


def there_and_back(
    database: Scratch, *operations: Operation, between: str = "", books: Any = BOOKS
) -> list[Any]:
    """Return the rows of books after *operations* and their way back."""
    first, second = Migration("0001_initial", "shop"), Migration("0002_less", "shop")
    first.operations, second.operations = list(books), list(operations)
    with database.engine.connect() as connection:
        executor = Executor(
            connection=connection,
            database=database_for(connection.dialect),
            order=[first, second],
        )
        executor.run([(first, False), (second, False)])
        if between:
            connection.exec_driver_sql(between)
            connection.commit()
        columns = sa.inspect(connection).get_columns("shop_book")
        connection.rollback()
        try:
            executor.run([(second, True)])
        except RowsInTheWay:
            connection.rollback()
            after = sa.inspect(connection).get_columns("shop_book")
            assert [c["name"] for c in after] == [c["name"] for c in columns]
            raise
        rows = connection.execute(sa.text("SELECT * FROM shop_book ORDER BY id"))
        found = [row._asdict() for row in rows]
        connection.rollback()
    return found


def test_a_reference_without_a_value(database: Scratch) -> None:
    """No row is neutral: which one is meant, nobody has said."""
    with pytest.raises(RowsInTheWay) as caught:
        there_and_back(database, RemoveField("Book", "shelf"))

    text = str(caught.value)
    assert "2 rows without a value for the new column shelf_id, which takes no" in text
    assert "at: shop.0002_less, operation 1 (Remove field shelf from Book)" in text
    assert "fill_back= in RemoveField" in text


def test_a_reference_with_a_value(database: Scratch) -> None:
    books = there_and_back(database, RemoveField("Book", "shelf", fill_back=2))
    assert [book["shelf_id"] for book in books] == [2, 2]


def test_a_reference_whose_value_leads_nowhere(database: Scratch) -> None:
    with pytest.raises(RowsInTheWay, match="whose shelf_id leads to no row"):
        there_and_back(database, RemoveField("Book", "shelf", fill_back=3))


def test_a_unique_column_without_a_value(database: Scratch) -> None:
    with pytest.raises(RowsInTheWay, match="without a value for the new column isbn"):
        there_and_back(database, RemoveField("Book", "isbn"))


def test_a_unique_column_with_one_value_for_two_rows(database: Scratch) -> None:
    with pytest.raises(RowsInTheWay, match=r"isbn='\?' in 2 rows"):
        there_and_back(database, RemoveField("Book", "isbn", fill_back="?"))


def test_a_unique_column_with_a_function(database: Scratch) -> None:
    numbers = count(5)
    books = there_and_back(
        database, RemoveField("Book", "isbn", fill_back=lambda: f"b{next(numbers)}")
    )
    assert [book["isbn"] for book in books] == ["b5", "b6"]


def test_a_unique_column_that_a_data_step_fills(database: Scratch) -> None:
    """The way that the error names beside a value."""
    optional = models.CharField(max_length=20, unique=True, null=True)
    books = there_and_back(
        database,
        AlterField("Book", "isbn", optional),
        RunSQL("", "UPDATE shop_book SET isbn = id"),
        RemoveField("Book", "isbn"),
    )
    assert [book["isbn"] for book in books] == ["1", "2"]


@pytest.mark.parametrize(
    ("field", "neutral"),
    [(models.BinaryField(), b""), (models.TextField(), ""), (models.FloatField(), 0.0)],
    ids=["bytes", "text", "number"],
)
def test_a_neutral_value(
    database: Scratch, field: models.Field, neutral: object
) -> None:
    """Also of bytes, which MySQL keeps in a type that SQLAlchemy has apart."""
    books = [
        *BOOKS[:1],
        CreateModel(
            "Book", [("id", models.AutoField(primary_key=True)), ("pages", field)]
        ),
        RunSQL("INSERT INTO shop_book (id, pages) VALUES (1, '1')", ""),
    ]
    found = there_and_back(database, RemoveField("Book", "pages"), books=books)
    assert found == [{"id": 1, "pages": neutral}]


def test_a_value_beside_the_neutral_one(database: Scratch) -> None:
    books = there_and_back(
        database, RemoveField("Book", "pages", fill_back=lambda: 7), books=BOOKS
    )
    assert [book["pages"] for book in books] == [7, 7]


def test_nulls_of_a_reference(database: Scratch) -> None:
    optional = models.ForeignKey("shop.Shelf", models.CASCADE, null=True)
    with pytest.raises(RowsInTheWay) as caught:
        there_and_back(
            database,
            AlterField("Book", "shelf", optional),
            between="UPDATE shop_book SET shelf_id = NULL WHERE id = 2",
        )
    assert "1 row with NULL in column shelf_id, which is to take none (id=2)" in str(
        caught.value
    )
    assert "fill_back= in AlterField" in str(caught.value)


def test_nulls_of_a_reference_with_a_value(database: Scratch) -> None:
    optional = models.ForeignKey("shop.Shelf", models.CASCADE, null=True)
    books = there_and_back(
        database,
        AlterField("Book", "shelf", optional, fill_back=2),
        between="UPDATE shop_book SET shelf_id = NULL WHERE id = 2",
    )
    assert [book["shelf_id"] for book in books] == [1, 2]


def test_a_key_that_gives_way_to_another(database: Scratch) -> None:
    """The old key has no value for rows; its table's new one has none to give."""
    code = models.CharField(max_length=20, primary_key=True)
    books = [
        CreateModel("Book", [("code", code), ("id", models.IntegerField())]),
        RunSQL("INSERT INTO shop_book (code, id) VALUES ('a', 1)", ""),
    ]
    key = models.IntegerField(primary_key=True)
    with pytest.raises(RowsInTheWay, match="without a value for the new column code"):
        there_and_back(
            database,
            RemoveField("Book", "code"),
            AlterField("Book", "id", key),
            books=books,
        )


def test_a_key_that_comes_back_with_a_value(database: Scratch) -> None:
    code = models.CharField(max_length=20, primary_key=True)
    books = [
        CreateModel("Book", [("code", code), ("id", models.IntegerField())]),
        RunSQL("INSERT INTO shop_book (code, id) VALUES ('a', 1)", ""),
    ]
    found = there_and_back(
        database,
        RemoveField("Book", "code", fill_back="b"),
        AlterField("Book", "id", models.IntegerField(primary_key=True)),
        books=books,
    )
    assert [book["code"] for book in found] == ["b"]


def test_a_removed_field_of_another_name(database: Scratch) -> None:
    """The value follows the renames of its field and model that are fused with it."""
    books = there_and_back(
        database,
        RenameField("Book", "shelf", "place"),
        RenameModel("Book", "Tome"),
        RemoveField("Tome", "place", fill_back=2),
        AddField("Tome", "shelf", models.IntegerField(null=True)),
        RenameModel("Tome", "Book"),
    )
    assert [book["shelf_id"] for book in books] == [2, 2]
