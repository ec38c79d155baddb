"""Python values as SQL text."""

from __future__ import annotations

import datetime
import enum
import uuid
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from whimbrel.schema.database import database_for


class Mood(enum.Enum):
    SAD = "sad"


class Shade(enum.StrEnum):
    DARK = "dark"


NUMBER = uuid.UUID(int=5)


@pytest.mark.parametrize(
    ("value", "type_", "sql"),
    [
        pytest.param(None, sa.Integer(), "NULL", id="null"),
        pytest.param(3, sa.Integer(), "3", id="integer"),
        pytest.param("it's 5%", sa.String(), "'it''s 5%'", id="text"),
        pytest.param(True, sa.Boolean(), "true", id="boolean"),
        pytest.param(Decimal("1.20"), sa.Numeric(5, 2), "1.20", id="decimal"),
        pytest.param(datetime.date(2020, 1, 2), sa.Date(), "'2020-01-02'", id="date"),
        pytest.param(b"\xff'", sa.LargeBinary(), r"'\xff27'::bytea", id="bytes"),
        pytest.param({"a": 1}, sa.JSON(), """'{"a": 1}'""", id="document"),
        pytest.param(NUMBER, sa.Uuid(), f"'{NUMBER}'", id="uuid"),
        pytest.param(Mood.SAD, sa.Enum(Mood, name="mood"), "'SAD'", id="enum"),
        pytest.param(Shade.DARK, sa.String(), "'dark'", id="enum in a text"),
        pytest.param(
            ["a"],
            sa.ARRAY(sa.Enum("a", name="m")),
            "ARRAY['a']::m[]",
            id="array of a named type",
        ),
        pytest.param([], sa.ARRAY(sa.Integer), "ARRAY[]::INTEGER[]", id="empty array"),
        pytest.param("::1", pg.INET(), "'::1'", id="a type without literals"),
        pytest.param(pg.Range(1, 5), pg.INT4RANGE(), "'[1,5)'", id="range"),
        pytest.param(sa.func.now(), sa.DateTime(), "now()", id="expression"),
    ],
)
def test_a_value_is_spelled_by_the_column_s_type(
    value: object, type_: sa.types.TypeEngine[object], sql: str
) -> None:
    assert database_for("postgresql").tables.literals.literal(value, type_) == sql


def test_bytes_are_standard_sql_elsewhere() -> None:
    literals = database_for("sqlite").tables.literals

    assert literals.literal(b"\x01", sa.LargeBinary()) == "X'01'"


def test_what_has_no_literal_gives_none() -> None:
    literals = database_for("postgresql").tables.literals

    assert literals.literal(object(), sa.Integer()) is None


@pytest.mark.parametrize(
    ("type_", "sql"),
    [
        pytest.param(sa.Integer(), "0", id="integer"),
        pytest.param(sa.Text(), "''", id="text"),
        pytest.param(sa.Boolean(), "false", id="boolean"),
        pytest.param(sa.DateTime(), "'1970-01-01 00:00:00'", id="moment"),
        pytest.param(sa.JSON(), "'{}'", id="document"),
        pytest.param(sa.Enum("b", "a", name="e"), "'b'", id="enum"),
        pytest.param(sa.Uuid(), f"'{uuid.UUID(int=0)}'", id="uuid"),
        pytest.param(pg.INET(), "'0.0.0.0'", id="address"),
        pytest.param(pg.BIT(3), None, id="nothing neutral"),
    ],
)
def test_a_type_has_a_neutral_value(
    type_: sa.types.TypeEngine[object], sql: str | None
) -> None:
    assert database_for("postgresql").tables.literals.empty(type_) == sql
