"""Layout: what is printed is what `ruff format` would leave alone."""

from __future__ import annotations

import subprocess
import sys
from random import Random

import pytest

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


def formatted(source: str) -> str:
    """Return *source* as ruff formats it."""
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "-"]
    done = subprocess.run(
        command, input=source, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


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
