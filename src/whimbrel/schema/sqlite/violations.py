"""
Rows whose foreign keys lead nowhere: which of them a change is to blame for.

Place: `schema.sqlite`, below `compiler`. Foreign keys are off while a schema
changes, so SQLite is asked afterwards. What led nowhere before is no fault of the
change: it is counted before, by table, columns, target and value (numbers of rows
may change in a rebuild, and a table WITHOUT ROWID has none), and taken off.

All that refers to a touched table is looked at, also tables that no model knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import DBAPIError

from whimbrel.schema.objects import TableKey
from whimbrel.schema.renames import Renames, moved
from whimbrel.schema.statement import Ask, Statement

Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key as the database has it; *target_columns* may be the key."""

    child: str
    columns: tuple[str, ...]
    parent: str
    target_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Violation:
    """One row that leads nowhere; *key* and *values* are (column, value) pairs."""

    table: str
    key: tuple[tuple[str, Any], ...]
    values: tuple[tuple[str, Any], ...]
    parent: str

    def __str__(self) -> str:
        pairs = {**dict(self.key), **dict(self.values)}
        row = " ".join(f"{name}={value!r}" for name, value in pairs.items())
        names = ", ".join(name for name, _ in self.values)
        return f"{self.table}: {row} leads by {names} to no row of {self.parent}"


@dataclass(slots=True)
class Watch:
    """
    The foreign keys around one change of one schema.

    Args:
        schema: None is the main one.

        touched: Tables (before) whose rows the change may move, or that it drops.

        dropped: Those of them that it drops.

        renames: Of tables and columns.
    """

    schema: str | None
    touched: frozenset[str]
    dropped: frozenset[str]
    renames: Renames
    children: list[str] = field(default_factory=list)
    known: dict[tuple[object, ...], Counter[Values]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def before(self, ask: Ask) -> None:
        """Note what leads nowhere before the change."""
        touched = {name.casefold() for name in self.touched}
        gone = {name.casefold() for name in self.dropped}
        near = [
            reference
            for reference in self.references(ask)
            if {reference.child.casefold(), reference.parent.casefold()} & touched
        ]
        for child in dict.fromkeys(reference.child for reference in near):
            if child.casefold() in gone:
                continue
            after = self.renames.tables.get((self.schema, child), (None, child))[1]
            self.children.append(after)
            try:
                violated = self.is_violated(ask, child)
            except DBAPIError:
                # Something is wrong with the keys themselves, and was before.
                self.broken.add(after.casefold())
                continue
            for reference in near if violated else ():
                if reference.child == child:
                    rows = ask(self.violators(ask, reference, ()))
                    values = Counter(tuple(map(plain, row)) for row in rows)
                    self.known[self.identity(self.moved(reference))] = values

    def check(self, table: str) -> Statement:
        """Return the query for rows of *table* that lead nowhere."""
        return Statement(
            sql=f"PRAGMA {self.qualifier}foreign_key_check({quoted(table)})",
            does=f"check the foreign keys of {table}",
            table=(self.schema, table),
            finds_violations=True,
        )

    def after(self, ask: Ask, table: str) -> list[Violation]:
        """Return the rows of *table* that lead nowhere since the change."""
        found: list[Violation] = []
        key = self.key_of(ask, table)
        for reference in self.references(ask, table):
            known = self.known.get(self.identity(reference), Counter()).copy()
            for row in ask(self.violators(ask, reference, key)):
                values = row[len(key) :]
                seen = tuple(map(plain, values))
                if known[seen] > 0:
                    known[seen] -= 1
                    continue
                found.append(
                    Violation(
                        table,
                        tuple(zip(key, row, strict=False)),
                        tuple(zip(reference.columns, values, strict=True)),
                        reference.parent,
                    )
                )
        return found

    # What the database has

    def references(self, ask: Ask, child: str | None = None) -> list[Reference]:
        """Return the foreign keys of all tables, or of *child*."""
        where = "m.type = 'table' AND m.sql LIKE '%REFERENCES%'"
        if child is not None:
            where += f" AND lower(m.name) = lower({literal(child)})"
        rows = ask(
            f'SELECT m.name, f.id, f."table", f."from", f."to" '
            f"FROM {self.qualifier}sqlite_master AS m, "
            f"pragma_foreign_key_list(m.name{self.argument}) AS f "
            f"WHERE {where} ORDER BY m.name, f.id, f.seq"
        )
        parts: dict[tuple[str, int], list[Sequence[Any]]] = {}
        for row in rows:
            parts.setdefault((row[0], row[1]), []).append(row)
        return [
            Reference(
                child=name,
                columns=tuple(row[3] for row in found),
                parent=found[0][2],
                target_columns=tuple(row[4] for row in found if row[4] is not None),
            )
            for (name, _), found in parts.items()
        ]

    def is_violated(self, ask: Ask, child: str) -> bool:
        """Whether any row of *child* leads nowhere."""
        check = f"pragma_foreign_key_check({literal(child)}{self.argument})"
        return bool(ask(f"SELECT 1 FROM {check} LIMIT 1"))

    def key_of(self, ask: Ask, table: str) -> tuple[str, ...]:
        """Return the columns of a table's primary key."""
        info = f"pragma_table_info({literal(table)}{self.argument})"
        rows = ask(f"SELECT name FROM {info} WHERE pk > 0 ORDER BY pk")
        return tuple(row[0] for row in rows)

    def violators(self, ask: Ask, reference: Reference, key: Iterable[str]) -> str:
        """
        Return the query for *key* and values of the rows that lead nowhere.

        The sign takes the affinity of its own from a value, so that it is compared
        as one of the column that it leads to, as foreign keys do.
        """
        columns = [f"c.{quoted(name)}" for name in reference.columns]
        selected = ", ".join([*(f"c.{quoted(name)}" for name in key), *columns])
        conditions = [f"{column} IS NOT NULL" for column in columns]
        targets = reference.target_columns or self.key_of(ask, reference.parent)
        if len(targets) == len(columns):
            joined = " AND ".join(
                f"p.{quoted(target)} = +{column}"
                for target, column in zip(targets, columns, strict=True)
            )
            parent = f"{self.qualifier}{quoted(reference.parent)}"
            if self.exists(ask, reference.parent):
                nested = f"SELECT 1 FROM {parent} AS p WHERE {joined}"
                conditions.append(f"NOT EXISTS ({nested})")
        return (
            f"SELECT {selected} FROM {self.qualifier}{quoted(reference.child)} AS c "
            f"WHERE {' AND '.join(conditions)}"
        )

    def exists(self, ask: Ask, table: str) -> bool:
        return bool(
            ask(
                f"SELECT 1 FROM {self.qualifier}sqlite_master "
                f"WHERE type = 'table' AND lower(name) = lower({literal(table)})"
            )
        )

    @property
    def qualifier(self) -> str:
        return "" if self.schema is None else f"{quoted(self.schema)}."

    @property
    def argument(self) -> str:
        """What a pragma's function is told about the schema."""
        return "" if self.schema is None else f", {literal(self.schema)}"

    # Before and after

    def moved(self, reference: Reference) -> Reference:
        """Return *reference* as it is called after the change."""
        child = (self.schema, reference.child)
        parent = (self.schema, reference.parent)
        ours = self.renames.columns.get(child, {})
        theirs = self.renames.columns.get(parent, {})
        return Reference(
            child=self.renames.tables.get(child, child)[1],
            columns=moved(reference.columns, ours),
            parent=self.renames.tables.get(parent, parent)[1],
            target_columns=moved(reference.target_columns, theirs),
        )

    def identity(self, reference: Reference) -> tuple[object, ...]:
        return (
            reference.child.casefold(),
            tuple(map(str.casefold, reference.columns)),
            reference.parent.casefold(),
        )


def watches(
    touched: Iterable[TableKey], dropped: Iterable[TableKey], renames: Renames
) -> list[Watch]:
    """Return what watches over the tables of each schema."""
    gone = set(dropped)
    near = {*touched, *gone}
    return [
        Watch(
            schema,
            frozenset(name for where, name in near if where == schema),
            frozenset(name for where, name in gone if where == schema),
            renames,
        )
        for schema in sorted({where for where, _ in near}, key=str)
    ]


def plain(value: object) -> str:
    """Return *value* so that it is the same in a column of another type."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def quoted(name: str) -> str:
    """Return *name*, which the catalog gave, in quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return *text* as a string literal."""
    return "'" + text.replace("'", "''") + "'"
