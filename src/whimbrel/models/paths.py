"""
Paths of a query: ``author__name__icontains`` over columns and links.

Place: `models`, above `entity` and `conditions`, below `queryset`. A link is
crossed by a correlated subquery (EXISTS for conditions, a scalar for values), so
that no path multiplies rows, ``exclude`` is the exact opposite of ``filter``,
and UPDATE and DELETE can use every path.

Conditions of one `filter` that cross the same link share its subquery: one row
of the other side must fulfil them all. What is negated stands for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from whimbrel.errors.query import NotAllowed, UnknownName
from whimbrel.models.conditions import apply_lookup, transformed
from whimbrel.models.entity import Link, entity_of
from whimbrel.models.q import AND, OR, Q

Condition = sa.ColumnElement[bool]
Links = tuple[str, ...]
"""The names of the links that a path crosses, in order."""


def column_at(owner: Any, path: str) -> sa.ColumnElement[Any]:
    """Return the value at *path*: a column, or a scalar subquery behind a link.

    Args:
        owner: A mapped class or an alias of one.

    Raises:
        UnknownName: MO154.

        NotAllowed: MO155, the path leads to many rows.
    """
    head, _, rest = path.partition("__")
    entity = entity_of(owner)
    link = entity.links.get(head)
    if link is None:
        column = entity.attribute(owner, head)
        return transformed(column, rest.split("__") if rest else [])
    if link.attribute is not None and is_key(link, rest):
        return entity.attribute(owner, link.attribute)
    if link.many:
        raise NotAllowed(
            f"{path!r} of {entity.label} leads to many rows",
            fix="filter on it, or query the other model",
        )
    target: Any = aliased(link.target())
    value = column_at(target, rest or "pk")
    return (
        sa.select(value)
        .where(link.join(owner, target))
        .correlate_except(sa.inspect(target).selectable)
        .scalar_subquery()
    )


@dataclass(frozen=True, slots=True)
class Scope:
    """
    Where the paths of a condition begin.

    Args:
        owner: The class, or alias, whose rows are searched.

        crossed: The links that a subquery around this one has crossed already,
            with the alias at their end; None stands for no row there.
    """

    owner: Any
    crossed: Mapping[Links, Any] = field(default_factory=dict)

    def start(self, path: str) -> tuple[Any, Links, str]:
        """Return where *path* goes on: an alias, the links behind, the rest."""
        steps = path.split("__")
        for size in range(len(steps), 0, -1):
            links = tuple(steps[:size])
            if links in self.crossed:
                return self.crossed[links], links, "__".join(steps[size:])
        return self.owner, (), path

    def next_link(self, path: str) -> Links | None:
        """Return the links up to the next one that *path* has to cross."""
        owner, behind, rest = self.start(path)
        if owner is None:
            return None
        head, _, after = rest.partition("__")
        link = entity_of(owner).links.get(head)
        if link is None or (link.attribute is not None and is_key(link, after)):
            return None
        return (*behind, head)

    def beyond(self, links: Links, target: Any) -> Scope:
        """Return this scope inside a subquery on *target*, the end of *links*."""
        return Scope(self.owner, {**self.crossed, links: target})


@dataclass(frozen=True, slots=True)
class Names:
    """What the names in an expression mean, for `Expression.resolve`."""

    owner: Any

    def __call__(self, path: str) -> sa.ColumnElement[Any]:
        return column_at(self.owner, path)

    def condition(self, part: Q) -> Condition:
        """Return the condition of a `Q` inside of an expression."""
        return condition(Scope(self.owner), part)


def condition_of(
    owner: Any, parts: Iterable[Any], lookups: Mapping[str, Any]
) -> Condition:
    """Return the condition that all of *parts* (Q, expressions) and *lookups* hold."""
    return conjunction(Scope(owner), [*parts, *lookups.items()])


def condition(scope: Scope, part: Any) -> Condition:
    """Return the condition of a `Q`, of a pair (path, value), or of an expression."""
    if isinstance(part, tuple):
        return lookup_condition(scope, *part)
    if not isinstance(part, Q):
        if hasattr(part, "resolve"):
            return part.resolve(Names(scope.owner))  # type: ignore[no-any-return]
        if isinstance(part, sa.ColumnElement):
            return part
        raise UnknownName(entity_of(scope.owner).label, repr(part), ())
    if part.negated:
        return negated(condition(Scope(scope.owner), ~part))
    if part.connector == AND:
        return conjunction(scope, part.children)
    inner = [condition(scope, child) for child in part.children]
    if part.connector == OR:
        return any_of(inner)
    return sum((sa.case((c, 1), else_=0) for c in inner), sa.literal(0)) % 2 == 1


def conjunction(scope: Scope, parts: Sequence[Any]) -> Condition:
    """Return the condition that all *parts* hold, with one row behind each link."""
    found: list[Condition] = []
    for links, group in grouped(scope, parts):
        if links is None:
            found += [condition(scope, part) for part in group]
        else:
            found.append(crossing(scope, links, group))
    return all_of(found)


def grouped(
    scope: Scope, parts: Sequence[Any]
) -> Iterator[tuple[Links | None, list[Any]]]:
    """Yield *parts* that have a link in common, directly or through others."""
    waiting = [(part, links_of(scope, part)) for part in parts]
    while waiting:
        part, links = waiting.pop(0)
        group, reached, shared = [part], set(links), []
        while near := [item for item in waiting if reached & item[1].keys()]:
            shared += [link for item in near for link in item[1] if link in reached]
            waiting = [item for item in waiting if not reached & item[1].keys()]
            group += [item[0] for item in near]
            reached.update(*(item[1] for item in near))
        yield (shared[0] if shared else None), group


def links_of(scope: Scope, part: Any) -> dict[Links, None]:
    """Return the next links that *part* has to cross, in order."""
    if isinstance(part, tuple):
        links = scope.next_link(part[0])
        return {links: None} if links is not None else {}
    if not isinstance(part, Q) or part.negated or part.connector not in (AND, OR):
        return {}
    return {link: None for child in part.children for link in links_of(scope, child)}


def crossing(scope: Scope, links: Links, parts: Sequence[Any]) -> Condition:
    """
    Return the condition that one row behind *links* fulfils all *parts*.

    Where there is no row at all, its columns are NULL, as in an outer join.
    """
    owner = scope.crossed[links[:-1]] if links[:-1] else scope.owner
    link = entity_of(owner).links[links[-1]]
    target: Any = aliased(link.target())
    found = exists(link, owner, conjunction(scope.beyond(links, target), parts), target)
    without = conjunction(scope.beyond(links, None), parts)
    if isinstance(without, sa.False_):
        return found
    return any_of([found, all_of([sa.not_(exists(link, owner)), without])])


def exists(
    link: Link, owner: Any, inside: Condition | None = None, target: Any = None
) -> Condition:
    """Return whether there is a row behind *link* that fulfils *inside*."""
    if target is None:
        target = aliased(link.target())
    conditions = [link.join(owner, target)] + ([] if inside is None else [inside])
    found = sa.exists().select_from(target).where(*conditions)
    return found.correlate_except(sa.inspect(target).selectable)


def lookup_condition(scope: Scope, path: str, value: Any) -> Condition:
    """Return the condition that ``path=value`` puts on the rows of *scope*."""
    owner, behind, rest = scope.start(path)
    if owner is None:
        return sa.true() if is_null(rest, value) else sa.false()
    links = scope.next_link(path)
    if links is not None:
        link, after = entity_of(owner).links[links[-1]], rest.partition("__")[2]
        if after == "isnull" or (value is None and after in NOTHING):
            found = exists(link, owner)
            return sa.not_(found) if value is None or value else found
        return crossing(scope, links, [(path, value)])
    if behind and not names(owner, rest):
        rest = f"pk__{rest}" if rest else "pk"
    entity = entity_of(owner)
    head, _, lookup = rest.partition("__")
    attribute, key = head, None
    if head in entity.links:
        link = entity.links[head]
        attribute, key = str(link.attribute), link.target_attribute
        first, _, more = lookup.partition("__")
        lookup = more if names(link.target(), first) else lookup
    column = entity.attribute(owner, attribute)
    return apply_lookup(column, lookup or "exact", resolved(scope.owner, value, key))


NOTHING = ("", "exact", "pk", "pk__exact")
"""What may stand behind a link where its None means that there is no row."""


def is_null(rest: str, value: Any) -> bool:
    """Return whether NULL fulfils ``…rest=value``."""
    lookup = rest.rpartition("__")[2]
    if lookup == "isnull":
        return bool(value)
    return value is None


def is_key(link: Link, rest: str) -> bool:
    """Return whether *rest* compares the key itself, not something behind it."""
    if not names(link.target(), rest):
        return True
    head = rest.partition("__")[0]
    entity = entity_of(link.target())
    attribute = entity.keys[0] if head == "pk" else entity.attributes.get(head)
    # A key over a key: its name is an attribute and a link at once.
    return attribute == link.target_attribute and head not in entity.links


def names(target: Any, rest: str) -> bool:
    """Return whether *rest* begins with something that the target has."""
    entity = entity_of(target)
    head = rest.partition("__")[0]
    return head == "pk" or head in entity.attributes or head in entity.links


def resolved(owner: Any, value: Any, key: str | None = None) -> Any:
    """
    Return *value* ready for SQL: instances as their key, expressions resolved.

    Args:
        key: The attribute of an instance that is compared; None for its key.
    """
    if hasattr(value, "_entity") and not isinstance(value, type):
        return getattr(value, key) if key else entity_of(value).key_of(value)
    if hasattr(value, "resolve"):
        return value.resolve(Names(owner))
    if hasattr(value, "as_select"):
        return value.as_select()
    if isinstance(value, list | tuple | set | frozenset):
        return [resolved(owner, part, key) for part in value]
    return value


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Return the condition that all hold; what is known beforehand is left out."""
    kept = [c for c in conditions if not isinstance(c, sa.True_)]
    if any(isinstance(c, sa.False_) for c in kept):
        return sa.false()
    return sa.and_(*kept) if kept else sa.true()


def any_of(conditions: Iterable[Condition]) -> Condition:
    """Return the condition that one holds; what is known beforehand is left out."""
    kept = [c for c in conditions if not isinstance(c, sa.False_)]
    if any(isinstance(c, sa.True_) for c in kept):
        return sa.true()
    return sa.or_(*kept) if kept else sa.false()


def negated(condition: Condition) -> Condition:
    """Return the opposite; a comparison with NULL counts as not fulfilled."""
    return sa.not_(sa.func.coalesce(condition, sa.false()))
