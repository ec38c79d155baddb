"""
Names that nobody gave and that another table has taken: the next one that is free.

Place: `schema.postgresql`, above `names`, below `compiler`. A name is foreseen from
its table alone (`names`). PostgreSQL, asked for a constraint without a name, looks at
the whole schema: an index shares a space of names with tables, and it gives no
constraint the name of another one either. So tables ``a`` with a unique ``b_c`` and
``a_b`` with a unique ``c`` get ``a_b_c_key`` and ``a_b_c_key1``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from whimbrel.schema.change import SchemaChange
from whimbrel.schema.objects import Constraint, ForeignKey, Table, TableKey
from whimbrel.schema.order import by_reference
from whimbrel.schema.postgresql.names import Item, foreseen, turn
from whimbrel.schema.statement import Ask

_QUERY = """
SELECT n.nspname, found.name, t.relname, found.is_relation
FROM (
    SELECT c.relnamespace AS space, c.relname AS name,
    coalesce(i.indrelid, c.oid) AS owner, true AS is_relation
    FROM pg_class AS c LEFT JOIN pg_index AS i ON i.indexrelid = c.oid
    UNION ALL
    SELECT connamespace, conname, conrelid, false FROM pg_constraint
) AS found
JOIN pg_namespace AS n ON n.oid = found.space
LEFT JOIN pg_class AS t ON t.oid = found.owner
WHERE {condition}
"""


@dataclass(slots=True)
class Names:
    """
    The names that one schema has.

    Args:
        relations: Of tables, indexes and sequences.

        constraints: Of constraints of any table.
    """

    relations: set[str] = field(default_factory=set)
    constraints: set[str] = field(default_factory=set)

    def against(self, item: Constraint | ForeignKey) -> set[str]:
        """Return the names that *item* cannot get."""
        if isinstance(item, ForeignKey) or item.kind == "check":
            return self.constraints
        return self.relations | self.constraints

    def take(self, item: Constraint | ForeignKey) -> None:
        assert item.name is not None
        self.constraints.add(item.name)
        if not isinstance(item, ForeignKey) and item.kind != "check":
            self.relations.add(item.name)


@dataclass(slots=True)
class FreeNames:
    """
    Gives new constraints of a change names that are free.

    Args:
        default_schema: Where tables without a schema are.
    """

    change: SchemaChange
    default_schema: str
    literal: Callable[[str], str]
    spaces: dict[str, Names] = field(default_factory=dict)
    tables: list[Table] = field(init=False)
    befores: dict[TableKey, Table | None] = field(init=False)

    def __post_init__(self) -> None:
        items = [t for t in self.change.tables if t.after is not None]
        self.befores = {t.after.key: t.before for t in items if t.after is not None}
        # In the order in which they could be made, as PostgreSQL would come to them.
        self.tables = by_reference(t.after for t in items if t.after is not None)

    def settled(self, ask: Ask) -> SchemaChange:
        """Return the change with names that are free, as far as *ask* knows."""
        new = [table for table in self.tables if any(self.unsure(table))]
        if not new:
            return self.change
        self.take_said()
        self.take_others(new, ask)
        named = {table.key: self.named(table) for table in new}
        tables = tuple(
            item
            if item.after is None or item.after.key not in named
            else replace(item, after=named[item.after.key])
            for item in self.change.tables
        )
        return replace(self.change, tables=tables)

    def space(self, schema: str | None) -> Names:
        return self.spaces.setdefault(schema or self.default_schema, Names())

    def unsure(self, table: Table) -> Iterator[Constraint | ForeignKey]:
        """Yield what of *table* gets a foreseen name with this change."""
        known = self.kept(table)
        for item in constraints_of(table):
            if item.foreseen and item.name not in known:
                yield item

    def kept(self, table: Table) -> set[str | None]:
        """Return the names that *table* has already."""
        before = self.befores[table.key]
        if before is None or before.schema != table.schema:
            return set()
        return {item.name for item in constraints_of(before)}

    # What is taken

    def take_said(self) -> None:
        """Note the names that somebody gave, or that stay."""
        for table in self.tables:
            space = self.space(table.schema)
            space.relations.add(table.name)
            space.relations |= {index.name for index in table.indexes}
            unsure = set(map(id, self.unsure(table)))
            for item in constraints_of(table):
                if item.name is not None and id(item) not in unsure:
                    space.take(item)

    def take_others(self, new: Iterable[Table], ask: Ask) -> None:
        """Note the names of tables that the change does not touch."""
        wanted = {str(item.name) for table in new for item in self.unsure(table)}
        some = f"found.name IN ({', '.join(map(self.literal, sorted(wanted)))})"
        if not self.noted(ask(_QUERY.format(condition=some).strip())):
            return
        # Only now it matters which of the next names are free.
        schemas = ", ".join(map(self.literal, sorted(self.spaces)))
        every = f"n.nspname IN ({schemas})"
        self.noted(ask(_QUERY.format(condition=every).strip()))

    def noted(self, rows: Iterable[Iterable[object]]) -> bool:
        """Return whether *rows* told of a name of another table."""
        own = {
            (table.schema or self.default_schema, table.name)
            for item in self.change.tables
            for table in (item.before, item.after)
            if table is not None
        }
        found = False
        for schema, name, owner, is_relation in rows:
            if (schema, owner) in own:
                continue
            found = True
            names = self.space(str(schema))
            (names.relations if is_relation else names.constraints).add(str(name))
        return found

    # What is given

    def named(self, table: Table) -> Table:
        """Return *table* with names that are free, in the order of PostgreSQL."""
        space = self.space(table.schema)
        names: dict[int, str] = {}
        for item in sorted(self.unsure(table), key=turn):
            taken = space.against(item)
            assert item.name is not None
            name = item.name
            if name in taken:
                name = foreseen(table.name, item, taken)
            names[id(item)] = name
            space.take(replace(item, name=name))

        def renamed(item: Item) -> Item:
            return replace(item, name=names.get(id(item), item.name))

        return replace(
            table,
            primary_key=table.primary_key and renamed(table.primary_key),
            constraints=tuple(map(renamed, table.constraints)),
            foreign_keys=tuple(map(renamed, table.foreign_keys)),
        )


def constraints_of(table: Table) -> Iterator[Constraint | ForeignKey]:
    """Yield all constraints of *table*."""
    if table.primary_key is not None:
        yield table.primary_key
    yield from table.constraints
    yield from table.foreign_keys
