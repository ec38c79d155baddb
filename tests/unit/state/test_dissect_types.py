"""SQLAlchemy's own types as values."""

from __future__ import annotations

import enum
import subprocess
import sys
from typing import Any

import pytest
import sqlalchemy as sa
from shown import shown
from sqlalchemy.dialects import mysql, postgresql, sqlite

from whimbrel.errors.state import ColumnWithoutType
from whimbrel.state.build import build
from whimbrel.state.construct import Call, Construct
from whimbrel.state.dissect import dissect_type
from whimbrel.state.dissect.compare import spelled_type

PG = "sqlalchemy.dialects.postgresql."
MYSQL = "sqlalchemy.dialects.mysql."


class Colour(enum.Enum):
    RED = 1
    GREEN = 2
    CRIMSON = 1  # noqa: PIE796  # an alias, on purpose


def codes(colours: type[enum.Enum]) -> list[str]:
    return [str(colour.value) for colour in colours]


def said(path: str, *args: object, **kwargs: object) -> Construct:
    return Construct(path, args, tuple(kwargs.items()))


TYPES: list[tuple[sa.types.TypeEngine[Any], Construct]] = [
    (sa.Integer(), said("sqlalchemy.Integer")),
    (sa.INT(), said("sqlalchemy.INTEGER")),
    (sa.String(), said("sqlalchemy.String")),
    (sa.String(100), said("sqlalchemy.String", 100)),
    (sa.String(5, collation="C"), said("sqlalchemy.String", 5, collation="C")),
    (sa.Numeric(10, 2), said("sqlalchemy.Numeric", 10, 2)),
    (sa.Numeric(scale=2), said("sqlalchemy.Numeric", scale=2)),
    (sa.Float(asdecimal=True), said("sqlalchemy.Float", asdecimal=True)),
    (sa.DateTime(timezone=True), said("sqlalchemy.DateTime", timezone=True)),
    (sa.Boolean(name="unused"), said("sqlalchemy.Boolean")),
    (
        sa.Boolean(name="used", create_constraint=True),
        said("sqlalchemy.Boolean", create_constraint=True, name="used"),
    ),
    (sa.JSON(none_as_null=True), said("sqlalchemy.JSON", none_as_null=True)),
    (sa.Uuid(as_uuid=False), said("sqlalchemy.Uuid", as_uuid=False)),
    (sa.Interval(), said("sqlalchemy.Interval")),
    (sa.PickleType(), said("sqlalchemy.PickleType")),
    (
        sa.PickleType(impl=sa.LargeBinary(5)),
        said("sqlalchemy.PickleType", impl=said("sqlalchemy.LargeBinary", 5)),
    ),
    (sa.Enum("a", "b", name="n"), said("sqlalchemy.Enum", "a", "b", name="n")),
    (
        sa.Enum("a", "b", name="n", native_enum=False, validate_strings=True),
        said("sqlalchemy.Enum", "a", "b", native_enum=False),
    ),
    (
        sa.Enum("a", name="n", length=9, schema="s"),
        said("sqlalchemy.Enum", "a", name="n", schema="s", length=9),
    ),
    (sa.Enum(Colour), said("sqlalchemy.Enum", "RED", "GREEN", name="colour")),
    (
        sa.Enum(Colour, values_callable=codes, omit_aliases=False),
        said("sqlalchemy.Enum", "1", "2", name="colour"),
    ),
    (
        sa.ARRAY(sa.Enum("a", name="n")),
        said("sqlalchemy.ARRAY", said("sqlalchemy.Enum", "a", name="n")),
    ),
    (postgresql.JSONB(), said(f"{PG}JSONB")),
    (postgresql.UUID(), said("sqlalchemy.UUID")),
    (
        postgresql.ARRAY(sa.Integer, dimensions=2),
        said(f"{PG}ARRAY", said("sqlalchemy.Integer"), dimensions=2),
    ),
    (
        postgresql.ENUM("a", name="n", create_type=False),
        said(f"{PG}ENUM", "a", name="n", create_type=False),
    ),
    (
        postgresql.DOMAIN("d", sa.Text, check=sa.text("VALUE <> ''"), not_null=True),
        said(
            f"{PG}DOMAIN",
            "d",
            said("sqlalchemy.Text"),
            not_null=True,
            check="VALUE <> ''",
        ),
    ),
    (postgresql.HSTORE(), said(f"{PG}HSTORE")),
    (postgresql.INT4RANGE(), said(f"{PG}INT4RANGE")),
    (
        postgresql.TIMESTAMP(timezone=True, precision=3),
        said(f"{PG}TIMESTAMP", timezone=True, precision=3),
    ),
    (mysql.INTEGER(unsigned=True), said(f"{MYSQL}INTEGER", unsigned=True)),
    (mysql.TINYINT(1), said(f"{MYSQL}TINYINT", 1)),
    (mysql.LONGTEXT(charset="utf8mb4"), said(f"{MYSQL}LONGTEXT", charset="utf8mb4")),
    (mysql.ENUM("a", collation="c"), said(f"{MYSQL}ENUM", "a", collation="c")),
    (
        mysql.SET("a", "b", retrieve_as_bitwise=True),
        said(f"{MYSQL}SET", "a", "b", retrieve_as_bitwise=True),
    ),
    (sqlite.JSON(), said("sqlalchemy.dialects.sqlite.JSON")),
    (
        sqlite.DATETIME(  # type: ignore[no-untyped-call]
            storage_format="%(year)04d", regexp=r"(\d+)"
        ),
        said(
            "sqlalchemy.dialects.sqlite.DATETIME",
            storage_format="%(year)04d",
            regexp=r"(\d+)",
        ),
    ),
]


@pytest.mark.parametrize(("type_", "value"), TYPES, ids=shown)
def test_a_type_becomes_the_call_that_makes_it(
    type_: sa.types.TypeEngine[Any], value: Construct
) -> None:
    """In users' words, defaults left out, and the way back gives the same DDL."""
    dissected = dissect_type(type_)

    assert dissected == value
    again = build(dissected)
    assert isinstance(again, sa.types.TypeEngine)
    assert spelled_type(again) == spelled_type(type_)
    assert dissect_type(again) == value


def test_equal_types_are_one_object() -> None:
    """Comparing two states then mostly compares identities."""
    assert dissect_type(sa.String(40)) is dissect_type(sa.String(length=40))


def test_a_class_is_as_good_as_an_instance() -> None:
    """SQLAlchemy takes both."""
    assert dissect_type(sa.Integer) == Construct("sqlalchemy.Integer")


def test_variants_are_grouped_by_type_and_sorted() -> None:
    """However they were said, equal variants are one value."""
    long = mysql.LONGTEXT()
    one = sa.Text().with_variant(long, "mysql").with_variant(long, "mariadb")
    other = sa.Text().with_variant(long, "mariadb", "mysql")

    dissected = dissect_type(one)

    assert dissected == dissect_type(other)
    call = Call("with_variant", (Construct(f"{MYSQL}LONGTEXT"), "mariadb", "mysql"))
    assert dissected.calls == (call,)
    assert spelled_type(build(dissected)) == spelled_type(one)  # type: ignore[arg-type]


def test_types_that_remember_their_table_are_not_shared() -> None:
    """An Enum keeps the first MetaData that it meets; an Integer does not."""
    assert build(dissect_type(sa.Integer())) is build(dissect_type(sa.Integer()))
    value = dissect_type(sa.Enum("a", name="n"))
    assert build(value) is not build(value)


def test_a_missing_type_is_refused() -> None:
    """Nothing can be created from it."""
    with pytest.raises(ColumnWithoutType) as caught:
        dissect_type(sa.types.NullType())

    assert str(caught.value) == (
        "[ST121] the column has no type\n"
        "fix: give it one, or a foreign key to a column of the same MetaData"
    )


def test_values_look_the_same_in_every_process() -> None:
    """A digest of the state must not depend on addresses or hash seeds."""
    program = (
        "import sqlalchemy as sa;"
        "from whimbrel.state.dissect import dissect_type, dissect_expression;"
        "t = sa.Text().with_variant(sa.CLOB(), 'oracle', 'b', 'a');"
        "print(dissect_type(t), dissect_expression(sa.column('a').in_(['x', 'y'])))"
    )

    texts = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(texts) == 1
