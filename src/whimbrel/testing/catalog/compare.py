"""
Two catalogs, compared.

Place: `testing.catalog`, above `normalise`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from whimbrel.testing.catalog.normalise import normalised
from whimbrel.testing.catalog.objects import Catalog, Item


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
    if a == b:
        return []
    return sorted(
        _unequal("", normalised(a).items, normalised(b).items, order=column_order)
    )


def _unequal(
    where: str, a: Iterable[Item], b: Iterable[Item], *, order: bool
) -> Iterator[str]:
    """Compare two lists of items: named ones by name, the others as a whole."""
    first, second = _by_key(a), _by_key(b)
    for key in {**first, **second}:
        mine, other = first.get(key, []), second.get(key, [])
        if len(mine) == len(other) == 1 and key[1] is not None:
            yield from _compare(where, mine[0], other[0], order=order)
        elif mine != other:
            counts = Counter(mine), Counter(other)
            for item in (counts[0] - counts[1]).elements():
                yield f"{where}{describe(item)}: only in the first"
            for item in (counts[1] - counts[0]).elements():
                yield f"{where}{describe(item)}: only in the second"


def _by_key(items: Iterable[Item]) -> dict[tuple[str, str | None], list[Item]]:
    found: dict[tuple[str, str | None], list[Item]] = defaultdict(list)
    for item in items:
        found[item.kind, item.name].append(item)
    return found


def _compare(where: str, a: Item, b: Item, *, order: bool) -> Iterator[str]:
    inside = f"{where}{a.kind} {a.name}"
    first, second = dict(a.facts), dict(b.facts)
    for fact in {**first, **second}:
        if first.get(fact) != second.get(fact):
            yield f"{inside}: {fact}: {_show(first, fact)} | {_show(second, fact)}"
    yield from _unequal(f"{inside}, ", a.members, b.members, order=order)
    if order:
        columns = [[c.name for c in item.of_kind("column")] for item in (a, b)]
        if columns[0] != columns[1] and sorted(map(str, columns[0])) == sorted(
            map(str, columns[1])
        ):
            yield f"{inside}: order of columns: {columns[0]} | {columns[1]}"


def _show(facts: Mapping[str, object], name: str) -> str:
    return repr(facts[name]) if name in facts else "nothing"


def describe(item: Item) -> str:
    """Return *item* in one line."""
    if item.kind == "table":
        return f"table {item.name}"
    facts = ", ".join(f"{key}={value!r}" for key, value in item.facts)
    return f"{item.kind} {item.name or '(unnamed)'} ({facts})"
