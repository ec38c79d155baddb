"""
Expressions laid out as `ruff format` leaves them, at a width of 88.

Place: `history.source`, above `expression`. An expression stays on one line if
it fits there. Otherwise its brackets are opened: one element per line, with the
trailing comma that keeps it so. Chains of two or more calls on a result, and
operators, are put into parentheses and broken before each dot or operator.

Invariants: the output depends on nothing but the arguments; formatting it again
changes nothing (tested with ruff itself).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from keyword import iskeyword
from typing import TypeAlias

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
)
from whimbrel.history.source.literals import string_literal

WIDTH = 88
STEP = 4

Spelling: TypeAlias = Callable[[Reference], str]
"""How a reference is written, given the imports of the file."""

BRACKETS = {"list": ("[", "]"), "tuple": ("(", ")"), "set": ("{", "}")}


@dataclass(frozen=True, slots=True)
class Spot:
    """
    Where an expression is printed.

    Args:
        indent: Of the line that it starts on.

        column: Of its first character.

        after: Width of what must follow on its last line (a comma, a bracket).
    """

    indent: int
    column: int
    after: int = 0

    def behind(self, text: str) -> Spot:
        """Return the spot after *text* has been printed here."""
        return replace(self, column=end_column(text, self.column))

    def inside(self) -> Spot:
        """Return the spot of an element on a line of its own."""
        return Spot(self.indent + STEP, self.indent + STEP, 1)

    def fits(self, text: str) -> bool:
        return self.column + text_width(text) + self.after <= WIDTH


def layout(
    expression: Expression, spell: Spelling, *, indent: int = 0, column: int = 0
) -> str:
    """
    Return the text of *expression*, without an end of line.

    Args:
        indent: Spaces before the line on which the expression starts.

        column: Where on that line it starts (not before *indent*).
    """
    return _print(expression, spell, Spot(indent, max(indent, column)))


def one_line(expression: Expression, spell: Spelling) -> str | None:
    """Return *expression* on one line; None if something in it must be exploded."""
    if _must_explode(expression):
        return None
    match expression:
        case Text(text):
            return text
        case Reference():
            return spell(expression)
        case Attribute(of, name):
            return _joined([_target(of, spell)], "{}." + name)
        case Subscript(of, key):
            keys = [one_line(part, spell) for part in _keys(key)]
            return _joined([_target(of, spell), _enclosed(keys, "[", "]")], "{}{}")
        case Call(function):
            arguments = [one_line(e, spell) for _, e in _arguments(expression)]
            labels = [label for label, _ in _arguments(expression)]
            shape = ", ".join(_shape(label) for label in labels)
            return _joined([_target(function, spell), *arguments], "{}(" + shape + ")")
        case Display(kind, items):
            opening, closing = BRACKETS[kind]
            comma = "," if kind == "tuple" and len(items) == 1 else ""
            texts = [one_line(item, spell) for item in items]
            return _enclosed(texts, opening, comma + closing)
        case DictDisplay(pairs):
            texts = [
                _joined([one_line(k, spell), one_line(v, spell)], "{}: {}")
                for k, v in pairs
            ]
            return _enclosed(texts, "{", "}")
        case Unary(operator, operand):
            return _joined([_operand(operand, spell)], operator + "{}")
        case Binary(operator, operands):
            texts = [_operand(operand, spell) for operand in operands]
            return _enclosed(texts, "", "", f" {operator} ")


def _must_explode(expression: Expression) -> bool:
    match expression:
        case Display("tuple", (_,)):
            return False  # its comma says nothing, so formatters join it again
        case Display(_, ()) | DictDisplay(()):
            return False  # nothing stands between the brackets
        case Display(items=()) | DictDisplay(()) | Call(args=(), kwargs=()):
            return False
        case Call() | Display() | DictDisplay():
            return expression.exploded
        case _:
            return False


def _print(expression: Expression, spell: Spelling, spot: Spot) -> str:
    """Return *expression* as it looks at *spot*."""
    flat = one_line(expression, spell)
    if flat is not None and spot.fits(flat):
        return flat
    match expression:
        case Text() | Reference() | Display(_, ()) | DictDisplay(()):
            return flat or ""
        case Attribute() | Subscript() | Call():
            return _print_chain(expression, spell, spot)
        case Display(kind, items):
            opening, closing = BRACKETS[kind]
            lines = [_print(item, spell, spot.inside()) for item in items]
            return _block(opening, [f"{line}," for line in lines], closing, spot)
        case DictDisplay(pairs):
            lines = [_print_pair(k, v, spell, spot.inside()) for k, v in pairs]
            return _block("{", lines, "}", spot)
        case Unary(operator, operand):
            return operator + _print_operand(operand, spell, spot.behind(operator))
        case Binary():
            return _print_binary(expression, spell, spot)


def _print_pair(key: Expression, value: Expression, spell: Spelling, spot: Spot) -> str:
    label = f"{one_line(key, spell)}: "
    return f"{label}{_print(value, spell, spot.behind(label))},"


def _print_binary(binary: Binary, spell: Spelling, spot: Spot) -> str:
    """Return *binary* in parentheses, broken before its operators if it must be."""
    inside = replace(spot.inside(), after=0)
    flat = one_line(binary, spell)
    if flat is not None and inside.fits(flat):
        return _block("(", [flat], ")", spot)
    lines: list[str] = []
    for operand in binary.operands:
        lead = f"{binary.operator} " if lines else ""
        lines.append(lead + _print_operand(operand, spell, inside.behind(lead)))
    return _block("(", lines, ")", spot)


def _print_operand(operand: Expression, spell: Spelling, spot: Spot) -> str:
    text = _operand(operand, spell)
    if text is not None and spot.fits(text):
        return text
    if isinstance(operand, Binary):
        return _print_binary(operand, spell, spot)
    return _print(operand, spell, spot)


def _print_chain(expression: Expression, spell: Spelling, spot: Spot) -> str:
    """Return attributes, calls and subscripts on a root, with opened brackets."""
    links = _links(expression)
    root = links.pop(0)
    breaks = [i for i in range(1, len(links)) if _breaks(links[i - 1], links[i])]
    if len(breaks) < 2 and not (breaks and isinstance(root, Binary | Unary)):
        text = _target(root, spell) or _print(root, spell, spot)
        return text + _print_links(links, spell, spot.behind(text), spot.after)
    inside = replace(spot.inside(), after=0)
    flat = one_line(expression, spell)
    if flat is not None and inside.fits(flat):
        return _block("(", [flat], ")", spot)
    lines = []
    for start, stop in zip([0, *breaks], [*breaks, len(links)], strict=True):
        head = (_target(root, spell) or "") if start == 0 else ""
        tail = _print_links(links[start:stop], spell, inside.behind(head), 0)
        lines.append(head + tail)
    return _block("(", lines, ")", spot)


def _print_links(
    links: list[Expression], spell: Spelling, spot: Spot, after: int
) -> str:
    """Return *links* one after the other; each opens its bracket if it has to."""
    text = ""
    for i, link in enumerate(links):
        ahead = _ahead(links[i + 1 :], spell, after)
        place = replace(spot.behind(text), after=ahead)
        text += _print_link(link, spell, place)
    return text


def _print_link(link: Expression, spell: Spelling, spot: Spot) -> str:
    """Return the last part of *link*: ``.name``, ``(…)`` or ``[…]``."""
    bare = _unrooted(link)
    flat = one_line(bare, spell)
    if flat is not None and (spot.fits(flat) or not _opens(link)):
        return flat
    if isinstance(link, Subscript):
        keys = _keys(link.key)
        comma = "," if len(keys) > 1 else ""
        inside = replace(spot.inside(), after=len(comma))
        lines = [_print(key, spell, inside) + comma for key in keys]
        return _block("[", lines, "]", spot)
    assert isinstance(link, Call)
    lines = []
    for label, argument in _arguments(link):
        lead = _shape(label)[:-2]
        value = _print(argument, spell, spot.inside().behind(lead))
        lines.append(f"{lead}{value},")
    return _block("(", lines, ")", spot)


def _links(expression: Expression) -> list[Expression]:
    """Return the root of a chain and then each link on it, innermost first."""
    links = [expression]
    while isinstance(links[-1], Attribute | Subscript | Call):
        last = links[-1]
        links.append(last.function if isinstance(last, Call) else last.of)
    return links[::-1]


def _breaks(previous: Expression, link: Expression) -> bool:
    """Tell whether a broken chain starts a line at *link*."""
    return isinstance(link, Attribute) and isinstance(previous, Call | Subscript)


def _ahead(links: list[Expression], spell: Spelling, after: int) -> int:
    """Return how much has to stay on a line before the next bracket can be opened."""
    width = 0
    for link in links:
        if _opens(link):
            return width + 1
        width += text_width(one_line(_unrooted(link), spell) or "")
    return width + after


def _opens(link: Expression) -> bool:
    """Tell whether *link* has a bracket with something in it."""
    match link:
        case Call(_, args, kwargs):
            return bool(args or kwargs)
        case Subscript():
            return True
        case _:
            return False


def _unrooted(link: Expression) -> Expression:
    """Return *link* on nothing, so that only its last part is printed."""
    nothing = Text("")
    match link:
        case Attribute():
            return replace(link, of=nothing)
        case Subscript():
            return replace(link, of=nothing)
        case Call():
            return replace(link, function=nothing)
        case _:
            return link


def _arguments(call: Call) -> list[tuple[str, Expression]]:
    """Return the arguments of *call*, each with its label: none, a name or ``**``."""
    named = [(k, v) for k, v in call.kwargs if _is_name(k)]
    odd = [(Text(string_literal(k)), v) for k, v in call.kwargs if not _is_name(k)]
    spread: list[tuple[str, Expression]] = (
        [("**", DictDisplay(tuple(odd)))] if odd else []
    )
    return [*(("", arg) for arg in call.args), *named, *spread]


def _keys(key: Expression) -> tuple[Expression, ...]:
    """Return what stands between square brackets; a tuple needs no parentheses."""
    several = isinstance(key, Display) and key.kind == "tuple" and len(key.items) > 1
    return key.items if several and isinstance(key, Display) else (key,)


def _is_name(text: str) -> bool:
    return text.isidentifier() and not iskeyword(text)


def _shape(label: str) -> str:
    return f"{label}{{}}" if label in ("", "**") else f"{label}={{}}"


def _target(expression: Expression, spell: Spelling) -> str | None:
    """Return what an attribute, call or subscript is taken of, on one line."""
    text = one_line(expression, spell)
    if text is not None and isinstance(expression, Binary | Unary):
        return f"({text})"
    return text


def _operand(expression: Expression, spell: Spelling) -> str | None:
    """Return an operand on one line; operators inside operators get parentheses."""
    text = one_line(expression, spell)
    if text is not None and isinstance(expression, Binary):
        return f"({text})"
    return text


def _joined(texts: list[str | None], shape: str) -> str | None:
    known = [text for text in texts if text is not None]
    return shape.format(*known) if len(known) == len(texts) else None


def _enclosed(
    texts: list[str | None], opening: str, closing: str, separator: str = ", "
) -> str | None:
    known = [text for text in texts if text is not None]
    if len(known) != len(texts):
        return None
    return opening + separator.join(known) + closing


def _block(opening: str, lines: list[str], closing: str, spot: Spot) -> str:
    margin = " " * spot.indent
    inner = "".join(f"{margin}{' ' * STEP}{line}\n" for line in lines)
    return f"{opening}\n{inner}{margin}{closing}"


def end_column(text: str, column: int) -> int:
    """Return the column after *text* has been printed from *column* on."""
    _, newline, last = text.rpartition("\n")
    return text_width(last) if newline else column + text_width(text)


def text_width(text: str) -> int:
    """Return how many columns *text* takes; wide characters take two."""
    if text.isascii():
        return len(text)
    return sum(_character_width(c) for c in text)


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
