"""Conditions and expressions: values that become SQL."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from shown import shown
from sqlalchemy.dialects import mysql, postgresql, sqlite

from whimbrel import models
from whimbrel.errors.models import (
    BadExpression,
    ModelError,
    UnknownField,
    UnknownLookup,
)
from whimbrel.models import Case, F, Q, Value, When
from whimbrel.models import functions as fn
from whimbrel.models.conditions import apply_lookup
from whimbrel.models.expressions import resolve_expression

TABLE = sa.table(
    "t",
    sa.column("a", sa.Integer),
    sa.column("b", sa.String(10)),
    sa.column("c", models.DateTimeField().sqlalchemy_type()),
    sa.column("d", sa.Numeric(5, 2)),
    sa.column("e", models.DateField().sqlalchemy_type()),
)
DIALECTS: dict[str, Any] = {
    "sqlite": sqlite.dialect(),
    "postgresql": postgresql.dialect(paramstyle="named"),  # type: ignore[no-untyped-call]
    "mysql": mysql.dialect(paramstyle="named"),
}


def column(name: str) -> sa.ColumnElement[Any]:
    if name not in TABLE.c:
        raise UnknownField(name, TABLE.c.keys())
    return TABLE.c[name]


def sql(value: Any, dialect: str = "sqlite") -> str:
    resolved = resolve_expression(value, column)
    options = {"literal_binds": True, "include_table": False}
    return str(resolved.compile(dialect=DIALECTS[dialect], compile_kwargs=options))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Q(a=1), "a = 1"),
        (Q(a=None), "a IS NULL"),
        (Q(a__isnull=False), "a IS NOT NULL"),
        (Q(a__gte=1, a__lt=5), "a >= 1 AND a < 5"),
        (Q(a__in=[1, 2]), "a IN (1, 2)"),
        (Q(a__range=(1, 2)), "a BETWEEN 1 AND 2"),
        (Q(b__startswith="x%"), r"b LIKE 'x\%%' ESCAPE '\'"),
        (Q(b__icontains="x"), r"lower(b) LIKE lower('%x%') ESCAPE '\'"),
        (Q(b__iexact="x"), "upper(b) = upper('x')"),
        (Q(b__regex="^x"), "b REGEXP '^x'"),
        (Q(e__year=2020), "e BETWEEN '2020-01-01' AND '2020-12-31'"),
        (Q(c__month=3), "CAST(STRFTIME('%m', c) AS INTEGER) = 3"),
        (Q(a=1) & Q(b="x"), "a = 1 AND b = 'x'"),
        (Q(a=1) | Q(a=2), "a = 1 OR a = 2"),
        (~Q(a=1), "NOT (a = 1)"),
        (~(Q(a=1) | Q(a=2)) & Q(b="x"), "NOT (a = 1 OR a = 2) AND b = 'x'"),
        (Q(d__gt=F("a") + 1), "d > (a + 1)"),
        (Q(a=(F("a") * 2) - 1), "a = ((a * 2) - 1)"),
        (Q(("a__gt", 3)), "a > 3"),
    ],
)
def test_a_condition_becomes_sql(condition: Q, expected: str) -> None:
    assert sql(condition) == expected


def test_case_matters_on_mysql_as_well() -> None:
    """Its default collations would ignore it."""
    assert sql(Q(b__contains="x"), "mysql") == r"b LIKE BINARY '%x%' ESCAPE '\\'"


def test_an_instant_is_taken_apart_in_utc() -> None:
    """An index or a check may not depend on the session's time zone."""
    assert sql(Q(c__day=1), "postgresql") == (
        "EXTRACT(day FROM (c AT TIME ZONE 'UTC')) = 1"
    )


@pytest.mark.parametrize(
    ("expression", "sqlite_sql", "postgresql_sql", "mysql_sql"),
    [
        (fn.Lower("b"), "LOWER(b)", "LOWER(b)", "LOWER(b)"),
        (fn.Length("b"), "LENGTH(b)", "LENGTH(b)", "CHAR_LENGTH(b)"),
        (
            fn.Now(),
            "STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')",
            "STATEMENT_TIMESTAMP()",
            "UTC_TIMESTAMP(6)",
        ),
        (
            fn.Concat("b", Value("x")),
            "(coalesce(b, '') || coalesce('x', ''))",
            "(coalesce(b, '') || coalesce('x', ''))",
            "(concat(coalesce(b, ''), coalesce('x', '')))",
        ),
        (
            fn.Greatest("a", Value(2)),
            "MAX(a, 2)",
            "GREATEST(a, 2)",
            "GREATEST(a, 2)",
        ),
        (F("a") ** 2, "POWER(a, 2)", "(a ^ 2)", "POW(a, 2)"),
        (F("a") % 2, "(a % 2)", "(a % 2)", "(a % 2)"),
        (
            fn.Substr("b", 1, 2),
            "SUBSTR(b, 1, 2)",
            "SUBSTRING(b, 1, 2)",
            "SUBSTRING(b, 1, 2)",
        ),
        (
            fn.Cast("b", models.IntegerField()),
            "CAST(b AS integer)",
            "CAST(b AS INTEGER)",
            "CAST(b AS SIGNED INTEGER)",
        ),
        (
            Case(When(a__gt=1, then=Value("x")), default="b"),
            "CASE WHEN (a > 1) THEN 'x' ELSE b END",
            "CASE WHEN (a > 1) THEN 'x' ELSE b END",
            "CASE WHEN (a > 1) THEN 'x' ELSE b END",
        ),
        (
            F("a").desc(nulls_last=True),
            "a DESC NULLS LAST",
            "a DESC NULLS LAST",
            "a DESC NULLS LAST",
        ),
        (
            fn.Replace("b", Value("x")),
            "REPLACE(b, 'x', '')",
            "REPLACE(b, 'x', '')",
            "REPLACE(b, 'x', '')",
        ),
    ],
)
def test_each_database_has_its_spelling(
    expression: Any, sqlite_sql: str, postgresql_sql: str, mysql_sql: str
) -> None:
    assert sql(expression, "sqlite") == sqlite_sql
    assert sql(expression, "postgresql") == postgresql_sql
    assert sql(expression, "mysql") == mysql_sql


EXPRESSIONS: list[Any] = [
    Q(a__gt=F("b") + 1) | ~Q(a=1),
    fn.Lower("a"),
    fn.Coalesce("a", Value("a")),
    Case(When(Q(a=1), then="a"), When(a__lt=3, then=F("a")), default=F("a")),
    F("a").desc(),
    fn.Collate("a", "a"),
    models.Func("a", function="X"),
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=shown)
def test_an_expression_is_what_its_constructor_was_given(expression: Any) -> None:
    _, args, kwargs = expression.deconstruct()

    again = type(expression)(*args, **kwargs)

    assert again == expression
    assert hash(again) == hash(expression)


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=shown)
def test_a_renamed_field_is_renamed_everywhere(expression: Any) -> None:
    """Django leaves conditions and expressions pointing at the old field."""
    renamed = expression.with_renamed_field("a", "z")

    assert "a" in expression.fields_named
    assert "a" not in renamed.fields_named
    assert renamed.with_renamed_field("z", "a") == expression


def test_other_strings_are_no_names_of_fields() -> None:
    """A value, a collation and a lookup stay as they are."""
    assert fn.Collate("a", "a").with_renamed_field("a", "z") == fn.Collate("z", "a")
    assert Value("a").with_renamed_field("a", "z") == Value("a")
    assert Q(a__a="a").with_renamed_field("a", "z") == Q(z__a="a")
    assert F("a__a").with_renamed_field("a", "z") == F("z__a")


def test_a_name_and_a_reference_are_the_same() -> None:
    assert fn.Lower("a") == fn.Lower(F("a"))
    assert fn.Lower("a") != fn.Upper("a")
    assert Value(1) != Value(True)
    assert Q(a=1, b=2) == Q(b=2, a=1)
    assert Q(a=1) != ~Q(a=1)


def test_combining_with_nothing_changes_nothing() -> None:
    assert Q() & Q(a=1) == Q(a=1)
    assert Q(a=1) | Q() == Q(a=1)
    assert sql(Q()) in ("1", "true")
    assert ~~Q(a=1) == Q(a=1)


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (
            lambda: sql(Q(nope=1)),
            UnknownField,
            "[MO113] there is no field 'nope'\nfix: use one of: a, b, c, d, e",
        ),
        (
            lambda: sql(Q(a__gtt=1)),
            UnknownLookup,
            "[MO117] there is no lookup 'gtt'\nfix: did you mean 'gt'?",
        ),
        (
            lambda: Q(3),
            BadExpression,
            "[MO116] Q: 3 is no condition\nfix: give lookups: Q(price__gte=0)",
        ),
        (
            lambda: Q(a=1) & 3,
            BadExpression,
            "[MO116] Q: 3 is no condition\nfix: combine it with another Q",
        ),
        (
            lambda: fn.Lower("a", "b"),
            BadExpression,
            "[MO116] Lower: it takes 1 arguments, not 2\nfix: see its documentation",
        ),
    ],
)
def test_wrong_conditions_are_refused_with_advice(
    make: Any, error: type[ModelError], text: str
) -> None:
    with pytest.raises(error) as caught:
        make()

    assert str(caught.value) == text


def test_a_lookup_applies_to_any_column() -> None:
    """Queries use the same function as check constraints."""
    found = apply_lookup(TABLE.c.a, "gte", 3)

    assert str(found.compile(compile_kwargs={"literal_binds": True})) == "t.a >= 3"
