"""Layout: what is printed is what `ruff format` would leave alone."""

from __future__ import annotations

from random import Random

import pytest

from history.reading import formatted
from whimbrel.history.source.expression import (
    Attribute,
    Binary,
    Call,
    DictDisplay,
    Display,
    Expression,
    Reference,
    Subscript,
    Text,
    Unary,
    exploded,
)
from whimbrel.history.source.layout import layout
from whimbrel.history.source.literals import string_literal


def spell(reference: Reference) -> str:
    return f"{reference.module}.{reference.name}"


NAMES = ["a", "to", "db_table", "a_rather_long_name_for_an_argument", "not a name"]


def atom(random: Random) -> Expression:
    match random.randrange(4):
        case 0:
            return Text(str(random.randrange(10**12)))
        case 1:
            return Reference("sa", random.choice(["Integer", "String"]))
        case _:
            letters = random.choices("abc '\"\\\né漢", k=random.randrange(60))
            return Text(string_literal("".join(letters)))


def call(random: Random, depth: int) -> Expression:
    args = several(random, depth, 0)
    keywords = random.sample(NAMES, random.randrange(3))
    kwargs = tuple((k, expression(random, depth)) for k in keywords)
    made: Expression = Call(Reference("models", random.choice(NAMES[:4])), args, kwargs)
    for _ in range(random.choice([0, 0, 0, 1, 2, 3])):
        made = Attribute(made, random.choice(NAMES[:4]))
        made = Call(made, several(random, depth, 0))
    return made


def several(random: Random, depth: int, least: int) -> tuple[Expression, ...]:
    count = random.randrange(least, 4)
    return tuple(expression(random, depth) for _ in range(count))


def binary(random: Random, depth: int) -> Expression:
    operands = [
        binary(random, depth - 1)
        if depth and not random.randrange(4)
        else call(random, depth - 1)
        for _ in range(random.randrange(2, 4))
    ]
    made = Binary(random.choice("|&>"), tuple(operands))
    return random.choice([made, made, Unary("~", made)])


def expression(random: Random, depth: int) -> Expression:
    """Return any expression of at most *depth* levels."""
    if depth <= 0:
        return atom(random)
    match random.randrange(8):
        case 0 | 1:
            return call(random, depth - 1)
        case 2:
            return binary(random, depth - 1)
        case 3:
            kind = random.choice(["list", "tuple", "set"])
            return Display(kind, several(random, depth - 1, 1))  # type: ignore[arg-type]
        case 4:
            values = several(random, depth - 1, 0)
            return DictDisplay(tuple((atom(random), value) for value in values))
        case 5:
            return exploded(expression(random, depth - 1))
        case 6:
            return Subscript(Reference("models", "Kind"), atom(random))
        case _:
            return atom(random)


@pytest.mark.parametrize("seed", range(10))
def test_ruff_leaves_the_layout_alone(seed: int) -> None:
    """Files that a formatter would change make noise in every review."""
    random = Random(seed)
    items = tuple(expression(random, random.randrange(6)) for _ in range(100))
    whole = Display("list", items, exploded=True)

    text = "class Migration:\n    operations = " + layout(
        whole, spell, indent=4, column=17
    )

    assert formatted(text + "\n") == text + "\n"


def printed(expression: Expression, column: int = 0) -> str:
    return layout(expression, spell, column=column)


LONG = "a_rather_long_name_for_an_argument"


def test_a_call_that_fits_stays_on_one_line() -> None:
    """What can be seen at one glance is not spread."""
    call = Call(Reference("sa", "String"), (Text("100"),), (("length", Text("5")),))

    assert printed(call) == "sa.String(100, length=5)"


def test_a_call_that_does_not_fit_has_one_argument_per_line() -> None:
    """The comma at the end keeps it so when somebody formats the file."""
    call = Call(Reference("sa", "Enum"), (Text(LONG), Text(LONG), Text(LONG)))

    assert printed(call) == (f"sa.Enum(\n    {LONG},\n    {LONG},\n    {LONG},\n)")


def test_the_last_column_counts() -> None:
    """88 columns fit, 89 do not."""
    call = Call(Reference("sa", "text"), (Text("x" * 10),))

    assert "\n" not in printed(call, column=88 - 19)
    assert "\n" in printed(call, column=89 - 19)


def test_wide_characters_take_two_columns() -> None:
    """Formatters measure what is seen."""
    call = Call(Reference("sa", "text"), (Text(string_literal("漢" * 30)),))

    assert "\n" not in printed(call)
    assert "\n" in printed(call, column=20)


def test_operators_break_in_front_of_the_operator() -> None:
    """Operators inside operators keep their parentheses."""
    low = Binary(">", (Text(LONG), Text("1000")))
    high = Binary("<", (Text(LONG), Text("1000")))

    assert printed(Unary("~", Binary("&", (low, high)))) == (
        f"~(\n    ({LONG} > 1000)\n    & ({LONG} < 1000)\n)"
    )


def test_keyword_arguments_that_are_no_names_are_spread() -> None:
    """Python takes any string as a keyword, but not in front of an equals sign."""
    call = Call(Reference("m", "f"), (), (("class", Text("1")), ("a", Text("2"))))

    assert printed(call) == 'm.f(a=2, **{"class": 1})'
