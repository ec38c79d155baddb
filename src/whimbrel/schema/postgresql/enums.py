"""
Named enumerations: made, extended in place, or replaced.

Place: `schema.postgresql`, part of its compiler, above `moves`.

PostgreSQL adds and never removes a value, and refuses a new value until the
transaction that added it has ended. So values that are only added, and used
nowhere in the same change nor by a data step after it, are added in place; anything
else makes a new type, moves the columns over (`PostgresqlColumns.type_change`), and
drops the old one. Values that are called otherwise are renamed before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from whimbrel.migrations.effects import Effects
from whimbrel.schema.change import SchemaChange
from whimbrel.schema.comparison import Comparison
from whimbrel.schema.namespaces import used
from whimbrel.schema.objects import Column, EnumType, Table, TableKey
from whimbrel.schema.postgresql.enum_values import (
    followed_texts,
    moved_type,
    split_moves,
)
from whimbrel.schema.postgresql.moves import MovingSQL
from whimbrel.schema.renames import ASIDE, Name, rename_steps
from whimbrel.schema.statement import Statement
from whimbrel.schema.units import Names, Phase, Unit


class EnumSQL(MovingSQL):
    """Enumeration types in PostgreSQL."""

    def compile(self, change: SchemaChange) -> list[Statement]:
        return super().compile(split_moves(change))

    def create_types(
        self, change: SchemaChange, comparison: Comparison
    ) -> Iterator[Unit]:
        for before, after in change.altered_enums:
            yield Unit(
                phase=Phase.TYPES,
                statements=tuple(self.rename_type_values(change, before)),
                effects=Effects(releases=self.enum_names(before.key)),
            )
            if self.in_place(change, before, after):
                yield from self.alter_enum(self.moved(change, before), after)
            else:
                yield from self.move_enum(before.key, aside(before.key))
        made = [*change.created_enums]
        made += [a for b, a in change.altered_enums if not self.in_place(change, b, a)]
        for enum in made:
            yield Unit(
                phase=Phase.TYPES,
                statements=tuple(self.create_enum(enum)),
                effects=Effects(makes=self.enum_names(enum.key)),
            )
        yield from super().create_types(change, comparison)

    def drop_types(
        self, change: SchemaChange, comparison: Comparison
    ) -> Iterator[Unit]:
        for before, after in change.altered_enums:
            if not self.in_place(change, before, after):
                yield self.drop_enum(aside(before.key), before.key)
        for enum in change.dropped_enums:
            drop = self.drop_enum(enum.key, enum.key)
            yield replace(drop, otherwise=partial(self.drop_enum_aside, enum.key))
        yield from super().drop_types(change, comparison)

    # Units

    def alter_enum(self, before: EnumType, after: EnumType) -> Iterator[Unit]:
        """Yield another name and new values of a type that stays."""
        yield from self.move_enum(before.key, after.key)
        values = self.add_values(before, after)
        names = self.enum_names(after.key)
        yield Unit(
            phase=Phase.TYPES,
            statements=tuple(values),
            effects=Effects(changes=names),
        )

    def move_enum(self, before: TableKey, after: TableKey) -> Iterator[Unit]:
        """Yield another name or schema of a type."""
        statements = self.rename_enum(before, after)
        if statements:
            yield Unit(
                phase=Phase.TYPES,
                statements=tuple(statements),
                effects=Effects(
                    removes=self.enum_names(before), makes=self.enum_names(after)
                ),
            )

    def drop_enum(self, key: TableKey, before: TableKey) -> Unit:
        """Return DROP TYPE of what was called *before*."""
        names = self.enum_names(key)
        effects = Effects(removes=frozenset({used(before)}))
        if key == before:
            effects = replace(effects, removes=effects.removes | names)
        else:  # nobody else waits for a name aside
            effects = replace(effects, reads=names)
        drop = self.statement(f"DROP TYPE {self.key_sql(key)}", f"drop type {key[1]}")
        return Unit(phase=Phase.TYPES_OFF, statements=(drop,), effects=effects)

    def drop_enum_aside(self, key: TableKey, taken: Names) -> list[Unit]:
        """Return DROP TYPE of a type whose name is needed while it is in use."""
        return [*self.move_enum(key, aside(key)), self.drop_enum(aside(key), key)]

    # Names and what they stand for

    def enum_names(self, key: TableKey) -> Names:
        """Return the name that a type called *key* takes."""
        return frozenset({self.type_name(key)})

    def named_types(self, comparison: Comparison, table: Table) -> Names:
        enums = {c.enum.key for c in table.columns if c.enum is not None}
        return super().named_types(comparison, table) | set(map(self.type_name, enums))

    def types_in_use(self, comparison: Comparison, table: Table) -> Names:
        enums = {c.enum.key for c in table.columns if c.enum is not None}
        return super().types_in_use(comparison, table) | set(map(used, enums))

    # SQL

    def create_enum(self, enum: EnumType) -> list[Statement]:
        values = ", ".join(self.literal(value) for value in enum.values)
        return [
            self.statement(
                f"CREATE TYPE {self.key_sql(enum.key)} AS ENUM ({values})",
                f"create type {enum.key[1]}",
            )
        ]

    def rename_enum(self, before: TableKey, after: TableKey) -> list[Statement]:
        """Return the statements for another name or schema."""
        statements = []
        schema, name = before
        if name != after[1]:
            statements.append(
                self.statement(
                    f"ALTER TYPE {self.key_sql(before)} RENAME TO "
                    f"{self.quote(after[1])}",
                    f"rename type {name} to {after[1]}",
                )
            )
        if schema != after[0]:
            statements.append(
                self.statement(
                    f"ALTER TYPE {self.key_sql((schema, after[1]))} SET SCHEMA "
                    f"{self.schema_sql(after[0])}",
                    f"move type {after[1]}",
                )
            )
        return statements

    def moved(self, change: SchemaChange, before: EnumType) -> EnumType:
        """Return *before* with its values renamed."""
        return moved_type(before, change.renamed_values.get(before.key, {}))

    def rename_type_values(
        self, change: SchemaChange, before: EnumType
    ) -> list[Statement]:
        """Return ALTER TYPE … RENAME VALUE, a name in the way first."""
        moves = change.renamed_values.get(before.key, {})
        names: dict[Name, Name] = {(None, o): (None, n) for o, n in moves.items()}
        steps = rename_steps(names, [(None, value) for value in before.values])
        return [
            self.statement(
                f"ALTER TYPE {self.key_sql(before.key)} "
                f"RENAME VALUE {self.literal(old)} TO {self.literal(new)}",
                f"rename value {old} of {before.key[1]} to {new}",
            )
            for (_, old), (_, new) in steps
        ]

    def add_values(self, before: EnumType, after: EnumType) -> list[Statement]:
        """Return ALTER TYPE … ADD VALUE for each new value, in its place."""
        statements = []
        for place, value in enumerate(after.values):
            if value in before.values:
                continue
            position = ""
            follower = next(
                (v for v in after.values[place:] if v in before.values), None
            )
            if follower is not None:
                position = f" BEFORE {self.literal(follower)}"
            statements.append(
                self.statement(
                    f"ALTER TYPE {self.key_sql(after.key)} "
                    f"ADD VALUE {self.literal(value)}{position}",
                    f"add value {value} to {after.key[1]}",
                )
            )
        return statements

    def in_place(self, change: SchemaChange, before: EnumType, after: EnumType) -> bool:
        """Whether the type itself becomes *after*, without a new type."""
        current = self.moved(change, before).values
        if not is_subsequence(current, after.values) or self.converts(change, after):
            return False
        new = [self.literal(v) for v in after.values if v not in current]
        if new and change.data_follows:
            return False
        texts = [*self.texts_with(change, after)]
        return not any(literal in text for literal in new for text in texts)

    def converts(self, change: SchemaChange, after: EnumType) -> bool:
        """Whether rows of some columns get other values of the type than they had."""
        return any(
            new.name in table.renamed_values and new.enum == after
            for table in change.tables
            for _, new in table.kept_columns()
        )

    def texts_with(self, change: SchemaChange, enum: EnumType) -> Iterator[str]:
        """Yield the SQL that may use a value of *enum* in this change."""
        for item in change.tables:
            table = item.after
            if table is None or all(c.enum != enum for c in table.columns):
                continue
            yield from (c.default for c in table.columns if c.default is not None)
            yield from (c.computed.sql for c in table.columns if c.computed is not None)
            yield from (c.sql for c in table.constraints)
            yield from (i.sql for i in table.indexes)
            yield from item.fills.values()
            yield from item.casts.values()

    def follow(self, change: SchemaChange, table: Table) -> Table:
        """Return *table* with the types that become other ones in place."""
        followers = {
            before: after
            for before, after in change.altered_enums
            if self.in_place(change, before, after)
        }
        if not followers or all(c.enum not in followers for c in table.columns):
            return table
        columns = tuple(
            self._followed(c, followers[c.enum])
            if c.enum is not None and c.enum in followers
            else c
            for c in table.columns
        )
        followed = replace(table, columns=columns)
        for before in followers:
            if moves := change.renamed_values.get(before.key):
                names = {c.name for c in table.columns if c.enum == before}
                followed = followed_texts(followed, names, moves)
        return followed

    def _followed(self, column: Column, after: EnumType) -> Column:
        assert column.enum is not None
        rest = column.type.removeprefix(self.key_sql(column.enum.key))
        return replace(column, enum=after, type=f"{self.key_sql(after.key)}{rest}")


def aside(key: TableKey) -> TableKey:
    """Return the name that a type has until nothing uses it any more."""
    return key[0], f"{ASIDE}{key[1]}"[:63]


def is_subsequence(shorter: Iterable[str], longer: Iterable[str]) -> bool:
    """Whether *longer* is *shorter* with values added."""
    rest = iter(longer)
    return all(value in rest for value in shorter)
