"""
Two catalogs, compared.

Place: `testing.catalog`, above `normalise`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from whimbrel.testing.catalog.normalise import normalised
from whimbrel.testing.catalog.objects import Catalog, Item

Path: TypeAlias = tuple[tuple[str, str | None], ...]
"""Kinds and names, from the object at the top inwards."""


@dataclass(frozen=True, slots=True)
class Difference:
    """
    One difference of two catalogs.

    Args:
        path: What differs.

        fact: The fact of it; None where only one catalog has it.

        text: All of it in words.
    """

    path: Path
    fact: str | None
    text: str


def differences(a: Catalog, b: Catalog, *, column_order: bool = False) -> list[str]:
    """
    Return what differs between *a* and *b* in words, sorted; empty if nothing.

    Args:
        a, b: Two catalogs of the same kind of database; *a* is called the
            first, *b* the second.

        column_order: Also compare the order of columns within their table.
    """
    if a.database != b.database:
        return [f"database: {a.database} | {b.database}"]
    return [found.text for found in compared(a, b, column_order=column_order)]


def compared(a: Catalog, b: Catalog, *, column_order: bool = False) -> list[Difference]:
    """Return the same as data; of the items of *a* and *b*, whose database is one."""
    if a == b:
        return []
    found = _unequal((), normalised(a).items, normalised(b).items, order=column_order)
    return sorted(found, key=lambda difference: difference.text)


def _unequal(
    where: Path, a: Iterable[Item], b: Iterable[Item], *, order: bool
) -> Iterator[Difference]:
    """Compare two lists of items: named ones by name, the others as a whole."""
    first, second = _by_key(a), _by_key(b)
    for key in {**first, **second}:
        mine, other = first.get(key, []), second.get(key, [])
        if len(mine) == len(other) == 1 and key[1] is not None:
            yield from _compare((*where, key), mine[0], other[0], order=order)
        elif mine != other:
            counts = Counter(mine), Counter(other)
            lone = [(item, "first") for item in (counts[0] - counts[1]).elements()]
            lone += [(item, "second") for item in (counts[1] - counts[0]).elements()]
            for item, side in lone:
                text = f"{_begin(where)}{describe(item)}: only in the {side}"
                yield Difference((*where, key), None, text)


def _begin(where: Path) -> str:
    return "".join(f"{kind} {name}, " for kind, name in where)


def _by_key(items: Iterable[Item]) -> dict[tuple[str, str | None], list[Item]]:
    found: dict[tuple[str, str | None], list[Item]] = defaultdict(list)
    for item in items:
        found[item.kind, item.name].append(item)
    return found


def _compare(here: Path, a: Item, b: Item, *, order: bool) -> Iterator[Difference]:
    inside = f"{_begin(here[:-1])}{a.kind} {a.name}"
    first, second = dict(a.facts), dict(b.facts)
    for fact in {**first, **second}:
        if first.get(fact) != second.get(fact):
            text = f"{inside}: {fact}: {_show(first, fact)} | {_show(second, fact)}"
            yield Difference(here, fact, text)
    yield from _unequal(here, a.members, b.members, order=order)
    if order:
        columns = [[c.name for c in item.of_kind("column")] for item in (a, b)]
        if columns[0] != columns[1] and sorted(map(str, columns[0])) == sorted(
            map(str, columns[1])
        ):
            text = f"{inside}: order of columns: {columns[0]} | {columns[1]}"
            yield Difference(here, "order of columns", text)


def _show(facts: Mapping[str, object], name: str) -> str:
    return repr(facts[name]) if name in facts else "nothing"


def describe(item: Item) -> str:
    """Return *item* in one line."""
    if item.kind == "table":
        return f"table {item.name}"
    facts = ", ".join(f"{key}={value!r}" for key, value in item.facts)
    return f"{item.kind} {item.name or '(unnamed)'} ({facts})"
