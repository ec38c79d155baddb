"""
MySQL and MariaDB: from a change to statements.

Place: `schema.mysql`, its top. What happens to one table is one ALTER TABLE where
that is possible: each costs a metadata lock and perhaps a copy, and only
there may an index that serves a foreign key give way to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from whimbrel.migrations.effects import Effects
from whimbrel.schema.change import SchemaChange, TableChange
from whimbrel.schema.checks import CheckSQL
from whimbrel.schema.comparison import Comparison
from whimbrel.schema.dependents import Dependent, Lost, dropped
from whimbrel.schema.mysql.checks import MysqlChecks
from whimbrel.schema.mysql.columns import COUNTER
from whimbrel.schema.mysql.dependents import dependents
from whimbrel.schema.mysql.items import MysqlItemSQL
from whimbrel.schema.mysql.keys import ForeignKeyIndex, with_own_indexes
from whimbrel.schema.mysql.lookup import candidates, chosen
from whimbrel.schema.mysql.options import (
    changes_text,
    loses_charset,
    option_clauses,
    partition_clauses,
    partitions,
    table_options,
    takes_charset,
)
from whimbrel.schema.mysql.renames import without_dependents
from whimbrel.schema.mysql.settled import with_folded_names, with_hidden_keys
from whimbrel.schema.namespaces import NONE, freed
from whimbrel.schema.namespaces import table as table_of
from whimbrel.schema.objects import Constraint, ForeignKey, Index, Table, TableKey
from whimbrel.schema.renames import Name, rename_steps
from whimbrel.schema.statement import Ask, Lookup, Statement
from whimbrel.schema.table_diff import TableDiff
from whimbrel.schema.units import Names, Phase, Unit


class MysqlCompiler(MysqlItemSQL):
    """Turns a `SchemaChange` into statements of MySQL and MariaDB."""

    checks_class: ClassVar[type[CheckSQL]] = MysqlChecks

    def compile(self, change: SchemaChange) -> list[Statement]:
        steps = [change] if self.facts.follows_renames else without_dependents(change)
        statements = []
        for step in steps:
            statements += super().compile(self.with_keys(step))
        return statements

    def dependents(self, change: SchemaChange, ask: Ask) -> list[Dependent]:
        comparison = self.compared(change)
        renamed = [Lost(table=key) for key in comparison.renames.tables]
        for key, moves in comparison.renames.columns.items():
            renamed += [Lost(table=key, column=name) for name in moves]
        return dependents([*dropped(comparison), *renamed], ask, self.literal)

    def settled(self, change: SchemaChange, ask: Ask) -> SchemaChange:
        change = with_folded_names(change, ask)
        if not self.facts.hides_keys:
            return change
        return with_hidden_keys(change, ask, self.literal)

    def lookup_query(self, lookup: Lookup) -> str | None:
        same_table = self.facts.checks_belong_to_tables
        return candidates(lookup, self.literal, is_mariadb=same_table)

    def looked_up(self, lookup: Lookup, rows: Iterable[Sequence[object]]) -> list[str]:
        return chosen(lookup, rows)

    def with_keys(self, change: SchemaChange) -> SchemaChange:
        """Return *change* with the indexes that foreign keys bring."""
        serves = self.facts.descending_serves

        def whole(table: TableChange) -> TableChange:
            return replace(
                table,
                before=with_own_indexes(table.before, self.quote, descending=serves),
                after=with_own_indexes(table.after, self.quote, descending=serves),
            )

        return replace(change, tables=tuple(map(whole, change.tables)))

    # Tables

    def create_table(
        self, table: Table, foreign_keys: Iterable[ForeignKey]
    ) -> list[Statement]:
        """Return CREATE TABLE with its indexes inside."""
        parts = [self.column_definition(table, c) for c in table.columns]
        if table.primary_key is not None:
            parts.append(self.constraint_definition(table.primary_key))
        written = [i for i in table.indexes if not isinstance(i, ForeignKeyIndex)]
        parts += [self.index_definition(index) for index in written]
        parts += [self.constraint_definition(c) for c in table.constraints]
        parts += [self.foreign_key_definition(f) for f in foreign_keys]
        body = ",\n    ".join(parts)
        words = [f"CREATE TABLE {self.table_sql(table)} (\n    {body}\n)"]
        words += table_options(table)
        words += [] if table.comment is None else [self.comment_option(table)]
        words += partitions(table)
        sql = " ".join(words)
        return [self.statement(sql, f"create table {table.name}", table.key)]

    def create_indexes(self, comparison: Comparison) -> Iterator[Unit]:
        """Nothing: they are made with their table or in its ALTER TABLE."""
        return iter(())

    def rename_tables(self, comparison: Comparison) -> Iterator[Unit]:
        """Yield one RENAME TABLE, which is atomic; in a circle one for each table."""
        moves: dict[Name, Name] = dict(comparison.renames.tables.items())
        steps = [(_key(old), _key(new)) for old, new in rename_steps(moves)]
        names = comparison.renames.tables
        apart = super().rename_tables
        yield Unit(
            phase=Phase.TABLE_NAMES,
            statements=tuple(self.renames(steps)),
            effects=Effects(
                removes=NONE.union(*map(self.table_names, names)),
                makes=NONE.union(*map(self.table_names, names.values()))
                | set(map(freed, names)),
            ),
            otherwise=lambda _: list(apart(comparison)),
        )

    def rename_table(self, before: TableKey, after: TableKey) -> list[Statement]:
        return self.renames([(before, after)])

    def renames(self, steps: list[tuple[TableKey, TableKey]]) -> list[Statement]:
        """Return RENAME TABLE for *steps*, one after another."""
        if not steps:
            return []
        pairs = [f"{self.key_sql(old)} TO {self.key_sql(new)}" for old, new in steps]
        words = [f"{old[1]} to {new[1]}" for old, new in steps]
        return [
            self.statement(
                f"RENAME TABLE {', '.join(pairs)}",
                f"rename table {', '.join(words)}",
                steps[0][0],
            )
        ]

    def renames_columns(self, diff: TableDiff) -> list[Statement]:
        """Return one ALTER TABLE; names may be exchanged in it."""
        pairs = [(old, new) for old, new in diff.renamed.items() if old != new]
        table = diff.after
        words = [f"{table.name}.{old} to {new}" for old, new in pairs]
        return self.alter(
            table.key,
            [
                self.rename_clause(diff.before, diff.before.column(old), new)
                for old, new in pairs
            ],
            f"rename column {', '.join(words)}",
        )

    def rename_items(self, comparison: Comparison) -> Iterator[Unit]:
        """Nothing: indexes are renamed in the ALTER TABLE of their table."""
        return iter(())

    def drop_items(self, comparison: Comparison) -> Iterator[Unit]:
        """Drop the checks whose names must be looked up; the others go later."""
        for diff in comparison.diffs:
            unnamed = tuple(c for c in diff.constraints.dropped if c.name is None)
            yield Unit(
                phase=Phase.ITEMS_OFF,
                statements=tuple(self.drop_constraints(diff.before, unnamed)),
                effects=Effects(releases=self.speaks_before(diff)),
            )

    def drop_primary_key(self, diff: TableDiff) -> Iterator[Unit]:
        """Nothing: its columns may number themselves, so it goes with the others."""
        return iter(())

    def changes(self, comparison: Comparison, diff: TableDiff) -> Iterator[Unit]:
        checks_first = partial(self.checks_first, comparison, diff)
        for unit in super().changes(comparison, diff):
            yield replace(unit, otherwise=checks_first) if checks(diff) else unit

    def checks_first(
        self, comparison: Comparison, diff: TableDiff, taken: Names
    ) -> list[Unit]:
        """Return the change of a table that frees the names of its checks early."""
        rest = replace(diff, constraints=replace(diff.constraints, dropped=()))
        named = checks(diff)
        drop = Unit(
            phase=Phase.CHANGES,
            statements=tuple(self.drop_constraints(diff.moved, named)),
            effects=Effects(
                reads=frozenset({self.relation(diff.after.key)}),
                changes=frozenset({table_of(diff.after.key)}),
                removes=self.names_of(diff.after.key, named),
            ),
        )
        return [drop, *super().changes(comparison, rest)]

    # Names and what they stand for

    def item_names(
        self, key: TableKey, item: Constraint | ForeignKey | Index, name: str | None
    ) -> Names:
        """Return names; those of foreign keys, and in MySQL of checks, are one
        database's."""
        if name is None:
            return NONE
        if isinstance(item, ForeignKey):
            return frozenset({("foreign key", key[0] or "", name.lower())})
        if isinstance(item, Constraint) and not self.facts.checks_belong_to_tables:
            return frozenset({("check", key[0] or "", name.lower())})
        return super().item_names(key, item, name)

    def changes_table(self, comparison: Comparison, diff: TableDiff) -> Effects:
        """Return the effects; the checks that go do so in the table's ALTER TABLE."""
        effects = super().changes_table(comparison, diff)
        names = self.names_of(diff.after.key, checks(diff))
        return replace(effects, removes=effects.removes | names)

    # One table

    def alter_table(self, diff: TableDiff) -> list[Statement]:
        """
        Return one ALTER TABLE; two where rows are filled, with that between.

        An index that serves a foreign key goes when its successor comes, and its
        columns with it.
        """
        cast = [c.name for c in diff.added if self.converts(diff, c)]
        early, middle, late = self.column_clauses(diff)
        late += [f"DROP COLUMN {self.quote(self.aside(name))}" for name in cast]
        divided = bool(middle or late)
        drops = self.drops(diff, serving=False)
        going = [c for c in self.dropping(diff) if c.name not in cast]
        held = self.held(diff)
        early = [
            *(self.drop_column(diff, c) for c in going if c.name not in held),
            *early,
            *self.recoded(diff),
            *option_clauses(diff),
            *self.successors(diff),
        ]
        late = [
            *self.drops(diff, serving=True),
            *(self.drop_column(diff, c) for c in going if c.name in held),
            *late,
            *self.additions(diff),
        ]
        key, does = diff.after.key, self.describe_diff(diff)
        lookups = self.lookups(diff)
        statements = self.charset_back(diff)
        steps = [*self.values_read_off(diff), *self.step_aside(diff, cast)]
        if steps:
            statements += self.alter(key, drops, does, lookups=lookups)
            statements += steps
            drops = []
        if divided:
            statements += self.alter(key, [*drops, *early], does, lookups=lookups)
            statements = self.unless_begun(diff, statements)
            statements += middle
            drops, early = [], []
        statements += self.alter(key, [*drops, *early, *late], does, lookups=lookups)
        for index in self.waiting(diff):
            clause = f"ADD {self.index_definition(index)}"
            words = f"add index {index.name} on {diff.after.name}"
            statements += self.alter(key, [clause], words)
        return statements

    def unless_begun(
        self, diff: TableDiff, statements: list[Statement]
    ) -> list[Statement]:
        """Return *statements*, which end with the one that adds columns, so that they
        are left out where it has run before."""
        for column in diff.added:
            if self.add_column(diff, column).middle:
                begun = self.begun(diff, column)
                return [replace(s, unless=begun) for s in statements]
        return statements

    def charset_back(self, diff: TableDiff) -> list[Statement]:
        """
        Return the way back to the charset and collation of the database.

        No word says it: ``CHARACTER SET=DEFAULT`` is refused by MySQL, and means
        the charset's usual collation to MariaDB, not the database's.
        """
        if not loses_charset(diff):
            return []
        key = diff.after.key
        return self.alter(
            key,
            ["DEFAULT COLLATE={name}"],
            f"give {diff.after.name} the collation of its database",
            lookups=[Lookup(kind="collation", table=key, columns=())],
        )

    def column_clauses(
        self, diff: TableDiff
    ) -> tuple[list[str], list[Statement], list[str]]:
        """
        Return the clauses and statements of the columns, by their turn.

        A column that begins to number itself does so when it gets its key.
        """
        early: list[str] = []
        middle: list[Statement] = []
        late: list[str] = []
        keyed = bool(diff.primary_key.added)
        columns = [*(after for _, after in diff.altered), *diff.added]
        steps = self.column_steps(diff)
        divided = any(step.middle or step.last for step in steps)
        for column, step in zip(columns, steps, strict=True):
            waits = keyed and divided and column.auto_increment is not None
            (late if waits else early).extend(step.first)
            middle += step.middle
            late += step.last
        if self.numbers_rows(diff, middle):
            counter = self.quote(COUNTER)
            early.append(f"ADD COLUMN {counter} BIGINT NOT NULL AUTO_INCREMENT")
            early.append(f"ADD INDEX {counter} ({counter})")
            late.append(f"DROP COLUMN {counter}")
        return early, middle, late

    def recoded(self, diff: TableDiff) -> list[str]:
        """Return the columns that get another charset with their table."""
        if not changes_text(diff):
            return []
        return [
            self.modify(diff, after)
            for before, after in diff.kept
            if before == after and takes_charset(after)
        ]

    def step_aside(self, diff: TableDiff, names: list[str]) -> list[Statement]:
        """Rename columns that are converted into new ones of their name."""
        table = diff.after
        clauses = [
            self.rename_clause(diff.moved, diff.moved.column(name), self.aside(name))
            for name in names
        ]
        does = f"keep {table.name}.{', '.join(names)} until it is converted"
        return self.alter(table.key, clauses, does)

    def alter_options(self, diff: TableDiff) -> list[Statement]:
        """Return what cannot stand beside other clauses: another partitioning."""
        does = f"partition {diff.after.name}"
        return self.alter(diff.after.key, partition_clauses(diff), does)


def checks(diff: TableDiff) -> tuple[Constraint, ...]:
    """Return the checks that go and whose names are known."""
    return tuple(c for c in diff.constraints.dropped if c.name is not None)


def _key(name: Name) -> TableKey:
    schema, text = name
    assert schema is None or isinstance(schema, str)
    return schema, text
