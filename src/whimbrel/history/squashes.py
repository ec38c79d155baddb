"""
Which squashes stand for the migrations that they replace, and which do not.

Place: `history`, below `resolve`. A squash is used when the database has all or
none of what it replaces; what it replaces then leaves the graph. One that is
applied in part is set aside, and the replaced migrations stay. Squashes may
replace squashes: what counts is the migrations that they stand for in the end.

A squash whose own row is recorded while none of the rows it replaces is, counts
as applied: somebody has removed the old rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from whimbrel.errors.history import CyclicReplaces, ReplacedPartly, ReplacedTwice

Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Squash:
    """
    One squash and all that it stands for.

    Args:
        inner: Squashes among what it replaces, at any depth.

        originals: Migrations that it stands for in the end, in their order.
    """

    key: Key
    inner: frozenset[Key]
    originals: tuple[Key, ...]

    def covers(self, other: Squash) -> bool:
        """Return whether *other* has no say when this squash is used."""
        return other.key in self.inner or set(other.originals) < set(self.originals)


@dataclass(frozen=True, slots=True)
class Squashes:
    """
    The part that squashes play, given what is applied.

    Args:
        stand_ins: Replaced migration → the squash that is used for it.

        aside: Squashes that are not used → what they stand for.

        applied: Used squashes that count as applied.

        known: What the database has, with what recorded squashes stand for.
    """

    stand_ins: Mapping[Key, Key]
    aside: Mapping[Key, Squash]
    applied: frozenset[Key]
    known: frozenset[Key]


def place_squashes(
    replaces: Mapping[Key, Sequence[Key]],
    on_disk: Collection[Key],
    applied: Collection[Key],
    unfolded: Collection[Key] = (),
) -> Squashes:
    """
    Decide for each squash.

    Args:
        replaces: Squash → what it lists; *on_disk*: all that has a file.

        unfolded: Squashes that must not be used, because somebody asked for a
            migration that they replace.

    Raises:
        CyclicReplaces: HI110.

        ReplacedPartly: HI108, a replaced file is needed and gone.

        ReplacedTwice: HI109.
    """
    squashes = [expand(key, replaces) for key in sorted(replaces)]
    known = set(applied)
    for squash in squashes:
        if squash.key in known and known.isdisjoint(squash.originals):
            known.update(squash.originals)
    aside = {
        squash.key: squash
        for squash in squashes
        if squash.key in unfolded or _is_partly(squash, known)
    }
    _check_files(aside.values(), {*on_disk, *known})
    used = [squash for squash in squashes if squash.key not in aside]
    return Squashes(
        _stand_ins(used, squashes),
        aside,
        frozenset(s.key for s in used if known.issuperset(s.originals)),
        frozenset(known),
    )


def _check_files(aside: Iterable[Squash], there: Collection[Key]) -> None:
    for squash in aside:
        missing = [key for key in squash.originals if key not in there]
        if missing:
            raise ReplacedPartly(squash.key, missing)


def _is_partly(squash: Squash, known: Collection[Key]) -> bool:
    count = sum(key in known for key in squash.originals)
    return 0 < count < len(squash.originals)


def expand(key: Key, replaces: Mapping[Key, Sequence[Key]]) -> Squash:
    """Return what squash *key* stands for in the end."""
    inner: dict[Key, None] = {}
    originals: dict[Key, None] = {}
    stack: list[tuple[Key, tuple[Key, ...]]] = [(key, ())]
    while stack:
        current, path = stack.pop()
        if current in path:
            raise CyclicReplaces([*path[path.index(current) :], current])
        if current not in replaces:
            originals[current] = None
            continue
        inner[current] = None
        below = (*path, current)
        stack.extend((listed, below) for listed in reversed(replaces[current]))
    return Squash(key, frozenset(inner) - {key}, tuple(originals))


def _stand_ins(used: Iterable[Squash], squashes: Iterable[Squash]) -> dict[Key, Key]:
    """Return replaced → outermost squash."""
    outermost: dict[Key, Squash] = {}
    for squash in sorted(used, key=lambda s: (len(s.originals), len(s.inner), s.key)):
        for key in squash.originals:
            other = outermost.get(key)
            if other is not None and not squash.covers(other):
                raise ReplacedTwice(key, [other.key, squash.key])
            outermost[key] = squash
    stand_ins = {key: squash.key for key, squash in outermost.items()}
    for squash in squashes:
        chosen = {outermost[key] for key in squash.originals if key in outermost}
        for other in chosen:
            if other.key != squash.key and other.covers(squash):
                stand_ins[squash.key] = other.key
    return stand_ins
