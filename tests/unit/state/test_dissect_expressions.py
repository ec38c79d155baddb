"""SQL expressions as values."""

from __future__ import annotations

import datetime
import enum
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy import func
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.functions import FunctionElement, GenericFunction

from whimbrel.errors.state import ExpressionNotUnderstood
from whimbrel.state.build import build
from whimbrel.state.construct import Call, Construct, ListValue
from whimbrel.state.dissect import dissect_expression
from whimbrel.state.dissect.compare import spelled_expression, without_table


class State(enum.Enum):
    NEW = "n"
    OLD = "o"


class utcnow(FunctionElement[datetime.datetime]):  # noqa: N801  # as SQL has it
    type = sa.DateTime()
    inherit_cache = True


@compiles(utcnow)
def spell_utcnow(element: utcnow, compiler: object, **_: object) -> str:
    return "utc_now()"


class area(GenericFunction[float]):  # noqa: N801  # as SQL has it
    package = "geo"
    type = sa.Float()
    inherit_cache = True


T = sa.Table(
    "t",
    sa.MetaData(),
    sa.Column("a", sa.String(10)),
    sa.Column("b", sa.Integer),
    sa.Column("c", sa.Boolean),
    sa.Column("d", postgresql.JSONB),
    sa.Column("e", sa.Enum(State, name="state")),
    sa.Column("j", sa.JSON),
    sa.Column("t", sa.DateTime),
    sa.Column("l", postgresql.ARRAY(sa.Integer)),
    sa.Column("r", postgresql.INT4RANGE),
    sa.Column("Mixed", sa.Integer, quote=True),
)
A, B, C, D, E, J, TIME, LIST, RANGE, MIXED = T.c


def said(path: str, *args: object, **kwargs: object) -> Construct:
    return Construct(path, args, tuple(kwargs.items()))


def column(name: str, *args: object) -> Construct:
    return said("sqlalchemy.column", name, *args)


WORDING: list[tuple[ClauseElement, Construct]] = [
    (sa.text("now()"), said("sqlalchemy.text", "now()")),
    (
        sa.text("a > :low").bindparams(low=5),
        said("sqlalchemy.text", "a > :low").calling("bindparams", low=5),
    ),
    (func.now(), said("sqlalchemy.func.now")),
    (func.lower(A), said("sqlalchemy.func.lower", column("a"))),
    (
        func.f(type_=sa.Integer),
        said("sqlalchemy.func.f", type_=said("sqlalchemy.Integer")),
    ),
    (func.pkg.f(1, "x"), said("sqlalchemy.func.pkg.f", 1, "x")),
    (func.if_(A), said("sqlalchemy.func.if_", column("a"))),
    (
        getattr(func, "two words")(1),
        said("sqlalchemy.sql.functions.Function", "two words", 1),
    ),
    (func.geo.area(A), said("sqlalchemy.func.geo.area", column("a"))),
    (utcnow(), said(f"{__name__}.utcnow")),
    (sa.true(), said("sqlalchemy.true")),
    (sa.null(), said("sqlalchemy.null")),
    (sa.literal(5), said("sqlalchemy.literal", 5)),
    (
        sa.literal_column("CURRENT_USER"),
        said("sqlalchemy.literal_column", "CURRENT_USER"),
    ),
    (B > 5, said("operator.gt", column("b"), 5)),
    (1 - B, said("operator.sub", said("sqlalchemy.literal", 1), column("b"))),
    (E == State.NEW, said("operator.eq", column("e"), "NEW")),
    (A.in_(["x", "y"]), column("a").calling("in_", ListValue(["x", "y"]))),
    (A.is_(None), column("a").calling("is_", said("sqlalchemy.null"))),
    (B.between(1, 5), column("b").calling("between", 1, 5)),
    (~B.between(1, 5), said("sqlalchemy.not_", column("b").calling("between", 1, 5))),
    (A.like("x/%", escape="/"), column("a").calling("like", "x/%", escape="/")),
    (A + "x", column("a").calling("concat", "x")),
    (
        sa.and_(B > 1, sa.or_(A == "x", A == "y")),
        said(
            "sqlalchemy.and_",
            said("operator.gt", column("b"), 1),
            said(
                "sqlalchemy.or_",
                said("operator.eq", column("a"), "x"),
                said("operator.eq", column("a"), "y"),
            ),
        ),
    ),
    (
        A.op("~")("^x"),
        column("a").calling("op", "~").calling("__call__", "^x"),
    ),
    (A.desc().nulls_last(), column("a").calling("desc").calling("nulls_last")),
    (sa.desc(sa.text("x")), said("sqlalchemy.desc", said("sqlalchemy.text", "x"))),
    (A.collate("C"), column("a").calling("collate", "C")),
    (
        func.lower(A).label("x"),
        said("sqlalchemy.func.lower", column("a")).calling("label", "x"),
    ),
    (
        sa.case((B > 1, "x"), else_="y"),
        said("sqlalchemy.case", (said("operator.gt", column("b"), 1), "x"), else_="y"),
    ),
    (
        sa.cast(A, sa.Integer),
        said("sqlalchemy.cast", column("a"), said("sqlalchemy.Integer")),
    ),
    (sa.extract("year", TIME), said("sqlalchemy.extract", "year", column("t"))),
    (sa.tuple_(A, B), said("sqlalchemy.tuple_", column("a"), column("b"))),
    (
        func.count(A.distinct()),
        said("sqlalchemy.func.count", said("sqlalchemy.distinct", column("a"))),
    ),
    (
        sa.Sequence("s", schema="x").next_value(),
        said("sqlalchemy.Sequence", "s", schema="x").calling("next_value"),
    ),
    (
        D["x"].astext,
        said(
            "builtins.getattr",
            said(
                "operator.getitem",
                column("d", said("sqlalchemy.dialects.postgresql.JSONB")),
                "x",
            ),
            "astext",
        ),
    ),
    (
        MIXED > 5,
        said(
            "operator.gt",
            said("sqlalchemy.column", said("sqlalchemy.quoted_name", "Mixed", True)),
            5,
        ),
    ),
]


@pytest.mark.parametrize(("clause", "value"), WORDING, ids=lambda part: str(part)[:50])
def test_an_expression_becomes_the_calls_that_make_it(
    clause: ClauseElement, value: Construct
) -> None:
    """The shortest words that say the same."""
    assert dissect_expression(clause) == value


SAME: list[ClauseElement] = [
    *(clause for clause, _ in WORDING),
    sa.text("x AT TIME ZONE 'UTC' > '12:30'::time"),
    sa.text(r"a = E'\:b'"),
    func.coalesce(func.lower(A), "x", 1),
    sa.literal(True),
    sa.literal(Decimal("1.5")),
    sa.literal(datetime.date(2020, 1, 1)),
    sa.literal(State.NEW, sa.Enum(State)),
    sa.cast("{}", postgresql.JSONB),
    A != None,  # noqa: E711  # SQL
    C == True,  # noqa: E712  # SQL
    C.is_(sa.false()),
    sa.and_(C, B > 1),
    sa.not_(C),
    sa.not_(sa.or_(B > 1, B < 0)),
    ~A.like("x"),
    (B + 1) * 2 - 3,
    B / 2,
    B % 2,
    -B,
    A + A + "z",
    A.startswith("x"),
    A.contains("x", autoescape=True),
    A.regexp_match("^x"),
    A.is_distinct_from("x"),
    A.bool_op("~*")("x"),
    B.op("&")(4) != 0,
    B.bitwise_and(5) == 0,
    sa.type_coerce(A, sa.Integer) + 1,
    A.collate("C").desc(),
    sa.case({1: "a", 2: "b"}, value=B, else_="z"),
    D[("a", "b")].astext,
    D["x"]["y"].astext,
    func.lower(D["x"].astext),
    D.has_key("x"),
    D.contains({"a": 1}),
    J["x"].as_string(),
    J["x"].as_integer() > 5,
    J[("a", 1)].as_float(),
    LIST.contains([1]),
    LIST[1],
    sa.any_(LIST) == 5,
    postgresql.array([B, B]),
    RANGE.contains(5),
    func.char_length(A) > 3,
    datetime.datetime(2020, 1, 1) < TIME,
    func.now().op("AT TIME ZONE")("UTC"),
    func.to_tsvector(sa.text("'english'"), A),
    sa.and_(sa.text("a > 1"), sa.text("b > 1")),
]


@pytest.mark.parametrize("clause", SAME, ids=lambda clause: str(clause)[:50])
def test_an_expression_made_again_says_the_same(clause: ClauseElement) -> None:
    """On every database looked at; and taking it apart again changes nothing."""
    dissected = dissect_expression(clause)

    again = build(dissected)

    assert isinstance(again, ClauseElement)
    wanted = (spelled_expression(clause), spelled_expression(without_table(clause)))
    assert spelled_expression(again) in wanted
    assert dissect_expression(again) == dissected
    assert isinstance(hash(dissected), int)


def test_booleans_and_numbers_stay_apart() -> None:
    """Python calls them equal, databases do not."""
    one, true = dissect_expression(sa.literal(1)), dissect_expression(sa.literal(True))

    assert one != true
    assert build(one).value == 1  # type: ignore[attr-defined]
    assert build(true).value is True  # type: ignore[attr-defined]


def test_values_pass_through() -> None:
    """What is dissected already stays as it is."""
    value = Construct("sqlalchemy.text", ("x",), (), (Call("label", ("y",)),))

    assert dissect_expression(value) is value


def test_what_has_no_words_is_refused_with_its_text() -> None:
    """A query is no expression that a table's definition could hold."""
    with pytest.raises(ExpressionNotUnderstood) as caught:
        dissect_expression(func.row_number().over(order_by=B))

    assert str(caught.value) == (
        "[ST122] an expression of class Over cannot be written in a migration\n"
        "fix: write it as text: sqlalchemy.text('row_number() OVER (ORDER BY b)')"
    )
