"""
How one table differs from what its former self has become by renames.

Place: `schema`, above `renames`. Plain data; the compiler fills it in
(`schema.comparison`) and turns it into statements. Dialects read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from whimbrel.schema.change import TableChange
from whimbrel.schema.objects import Column, Constraint, ForeignKey, Index, Table

Item = TypeVar("Item", Constraint, ForeignKey, Index)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDiff(Generic[Item]):
    """
    Constraints, foreign keys or indexes of one table.

    Args:
        dropped: As they are called before anything happens: dropped first.

        gone: Like *dropped*, but the database drops them with a column.

        added: To be made; also those that are dropped only to be made again.

        renamed: (moved, after) pairs that differ in their names only, or in
            names and comments.

        kept: (moved, after) pairs that differ in their comments at most.
    """

    dropped: tuple[Item, ...] = ()
    gone: tuple[Item, ...] = ()
    added: tuple[Item, ...] = ()
    renamed: tuple[tuple[Item, Item], ...] = ()
    kept: tuple[tuple[Item, Item], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.dropped or self.gone or self.added or self.renamed)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDiff:
    """
    One table that exists before and after.

    Args:
        before: With the names that it has when the change begins.

        moved: The same after all renames of tables and columns; a dropped
            column whose name another one takes is called something else here.

        renamed: Old → moved names of columns, of dropped ones too.

        added, dropped: Columns; a column that the database cannot change in
            place is in both. Dropped ones are called as in *moved*.

        kept: (moved, after) pairs of columns that stay.
    """

    change: TableChange
    before: Table
    moved: Table
    after: Table
    renamed: dict[str, str] = field(default_factory=dict)
    added: tuple[Column, ...] = ()
    dropped: tuple[Column, ...] = ()
    kept: tuple[tuple[Column, Column], ...] = ()
    primary_key: ItemDiff[Constraint] = field(default_factory=ItemDiff)
    constraints: ItemDiff[Constraint] = field(default_factory=ItemDiff)
    foreign_keys: ItemDiff[ForeignKey] = field(default_factory=ItemDiff)
    indexes: ItemDiff[Index] = field(default_factory=ItemDiff)

    @property
    def altered(self) -> tuple[tuple[Column, Column], ...]:
        """(moved, after) pairs of columns that differ, or whose values do."""
        values = self.change.renamed_values
        return tuple((b, a) for b, a in self.kept if b != a or a.name in values)

    @property
    def dropped_names(self) -> frozenset[str]:
        return frozenset(c.name for c in self.dropped)

    def __bool__(self) -> bool:
        return bool(
            self.added
            or self.dropped
            or self.altered
            or self.primary_key
            or self.constraints
            or self.foreign_keys
            or self.indexes
            or self.moved.comment != self.after.comment
            or self.moved.options != self.after.options
        )


def content(item: Item) -> Item:
    """Return *item* without its name and comment: what it does."""
    if isinstance(item, Index):
        return replace(item, name="")
    return replace(item, name=None, comment=None)


def compare_items(
    before: Iterable[Item],
    moved: Iterable[Item],
    after: Iterable[Item],
    *,
    disturbed: Callable[[Item, Item], bool],
    goes: Callable[[Item, Item], bool],
    renames: bool,
) -> ItemDiff[Item]:
    """
    Pair the items of two tables by name, then by what they do.

    Args:
        before, moved: The same items in the same order, under old and new names.

        disturbed: Whether an item (before, moved) cannot stay even if it is
            wanted again.

        goes: Whether the database drops an item (before, moved), one that is
            disturbed or not wanted, by itself and in time.

        renames: The database renames such items.
    """
    pairs = list(zip(before, moved, strict=True))
    open_before = {i: m for i, (b, m) in enumerate(pairs) if not disturbed(b, m)}
    open_after = dict(enumerate(after))
    kept: list[tuple[Item, Item]] = []
    renamed: list[tuple[Item, Item]] = []
    for same_name in (True, False):
        if not same_name and not renames:
            break
        for i, old in list(open_before.items()):
            for j, new in open_after.items():
                if (old.name == new.name) != same_name or content(old) != content(new):
                    continue
                if not same_name and (old.name is None or new.name is None):
                    continue
                (kept if same_name else renamed).append((old, new))
                del open_before[i], open_after[j]
                break
    stays = {id(m) for m, _ in kept} | {id(m) for m, _ in renamed}
    leaving = [(b, m) for b, m in pairs if id(m) not in stays]
    return ItemDiff(
        dropped=tuple(b for b, m in leaving if not goes(b, m)),
        gone=tuple(b for b, m in leaving if goes(b, m)),
        added=tuple(open_after.values()),
        renamed=tuple(renamed),
        kept=tuple(kept),
    )
