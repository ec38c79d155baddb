"""
From a schema change to statements, in an order that every database accepts.

Place: `schema`, above `comparison` and the parts that spell the SQL
(`columns`, `constraints`, `table_sql`). A dialect subclasses `Compiler` and
overrides the small method that differs. The order follows from the units' effects
(`schema.units`); that of the phases here is for what nothing orders.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import ClassVar

from whimbrel.migrations.effects import Effects
from whimbrel.schema.change import SchemaChange
from whimbrel.schema.checks import CheckSQL
from whimbrel.schema.columns import ColumnSteps
from whimbrel.schema.comparison import Comparison, compare
from whimbrel.schema.dependents import Dependent, Stranger
from whimbrel.schema.namespaces import columns, keys
from whimbrel.schema.namespaces import table as table_of
from whimbrel.schema.objects import (
    Column,
    Constraint,
    ForeignKey,
    Index,
    Table,
)
from whimbrel.schema.renaming import RenamingSQL
from whimbrel.schema.sequences import SequenceSQL
from whimbrel.schema.statement import Ask, Lookup, Statement, Watching
from whimbrel.schema.table_diff import TableDiff
from whimbrel.schema.units import Phase, Unit, in_order, in_schemas, with_extensions


class Compiler(RenamingSQL, SequenceSQL):
    """Standard SQL for every change of a schema."""

    checks_class: ClassVar[type[CheckSQL]] = CheckSQL

    @cached_property
    def checks(self) -> CheckSQL:
        """What is asked of the rows before a change."""
        return self.checks_class(self.dialect, self.facts)

    def compile(self, change: SchemaChange) -> list[Statement]:
        """
        Return the statements that make *change*, in order.

        Raises:
            CannotBeOrdered: SC106.
        """
        comparison = compare(change, self)
        units = self.around_extensions(change, self.units(change, comparison))
        return in_order(self.in_schemas(change, units))

    def units(self, change: SchemaChange, comparison: Comparison) -> Iterator[Unit]:
        """Yield all that is to be done, phase by phase."""
        yield from self.create_schemas(change)
        yield from self.create_extensions(change)
        yield from self.create_types(change, comparison)
        yield from self.drop_foreign_keys(comparison)
        yield from self.drop_tables(comparison)
        yield from self.drop_items(comparison)
        yield from self.rename_tables(comparison)
        yield from self.rename_columns(comparison)
        yield from self.rename_items(comparison)
        yield from self.create_tables(comparison)
        yield from self.change_tables(comparison)
        yield from self.create_indexes(comparison)
        yield from self.add_foreign_keys(comparison)
        yield from self.drop_types(change, comparison)
        yield from self.drop_extensions(change)
        yield from self.drop_schemas(change)

    def follow(self, change: SchemaChange, table: Table) -> Table:
        """Return *table* (before) with what the database changes in it by itself."""
        return table

    def compared(self, change: SchemaChange) -> Comparison:
        """Return how the tables of *change* differ."""
        return compare(change, self)

    def settled(self, change: SchemaChange, ask: Ask) -> SchemaChange:
        """Return *change* as it is to be made beside what the database has already."""
        return change

    def watches(self, change: SchemaChange) -> Sequence[Watching]:
        """Return who looks at foreign keys where the database does not itself."""
        return ()

    def dependents(self, change: SchemaChange, ask: Ask) -> Sequence[Dependent]:
        """Return what no model knows and yet depends on what *change* takes away."""
        return ()

    def strangers(self, change: SchemaChange, ask: Ask) -> Sequence[Stranger]:
        """Return what no model knows of tables that *change* makes anew."""
        return ()

    # Names that only the database knows

    def lookup_query(self, lookup: Lookup) -> str | None:
        """Return the query for what *lookup* may mean; None: SQLAlchemy can tell."""
        return None

    def looked_up(self, lookup: Lookup, rows: Iterable[Sequence[object]]) -> list[str]:
        """Return the names in *rows* of that query that *lookup* means."""
        return [str(row[0]) for row in rows]

    # What the database says

    def advice(self, sqlstate: str, message: str, sql: str) -> str | None:
        """Return what to do where *sql* was refused, if more is known than usual."""
        return None

    # Whole tables rebuilt where the database cannot alter them

    def rebuilds(self, diff: TableDiff) -> bool:
        """Whether the table is made anew and its rows copied."""
        return False

    def rebuild_table(self, diff: TableDiff) -> list[Statement]:
        """
        Return the statements that turn `diff.moved` into `diff.after`, with the
        indexes in `diff.indexes.kept`; going ones are dropped and new ones
        created elsewhere.
        """
        raise NotImplementedError

    # Phases

    def create_schemas(self, change: SchemaChange) -> Iterator[Unit]:
        if not self.facts.schemas:
            return
        for name in change.created_schemas:
            create = self.statement(
                f"CREATE SCHEMA IF NOT EXISTS {self.quote(name)}",
                f"create schema {name}",
            )
            yield Unit(
                phase=Phase.SCHEMAS,
                statements=(create,),
                effects=Effects(makes=frozenset({("schema", name)})),
            )

    def drop_schemas(self, change: SchemaChange) -> Iterator[Unit]:
        if not self.facts.schemas:
            return
        for name in change.dropped_schemas:
            drop = self.statement(
                f"DROP SCHEMA {self.quote(name)}", f"drop schema {name}"
            )
            yield Unit(
                phase=Phase.SCHEMAS_OFF,
                statements=(drop,),
                effects=Effects(removes=frozenset({("schema", name)})),
            )

    def in_schemas(self, change: SchemaChange, units: Iterable[Unit]) -> Iterable[Unit]:
        """Return *units* with the schemas that they need, if any come or go."""
        created = frozenset(("schema", name) for name in change.created_schemas)
        dropped = frozenset(("schema", name) for name in change.dropped_schemas)
        if not created and not dropped:
            return units
        return (in_schemas(unit, created, dropped) for unit in units)

    def create_extensions(self, change: SchemaChange) -> Iterator[Unit]:
        """Yield what creates and alters extensions, where there are any."""
        return iter(())

    def drop_extensions(self, change: SchemaChange) -> Iterator[Unit]:
        return iter(())

    def around_extensions(
        self, change: SchemaChange, units: Iterable[Unit]
    ) -> Iterable[Unit]:
        """Return *units* between extensions that come and those that go."""
        if not (
            change.created_extensions
            or change.altered_extensions
            or change.dropped_extensions
        ):
            return units
        return map(with_extensions, units)

    def create_types(
        self, change: SchemaChange, comparison: Comparison
    ) -> Iterator[Unit]:
        """Yield what tables are made of: sequences, named types."""
        return self.create_sequences(change)

    def drop_types(
        self, change: SchemaChange, comparison: Comparison
    ) -> Iterator[Unit]:
        return self.drop_sequences(change)

    def drop_foreign_keys(self, comparison: Comparison) -> Iterator[Unit]:
        """Drop those that go or stand in the way, and circles of dropped tables."""
        for diff in comparison.diffs:
            if not self.rebuilds(diff):
                items = diff.foreign_keys.dropped
                effects = Effects(
                    releases=self.speaks_before(diff)
                    | self.lets_go(comparison, items, diff.before.key),
                    removes=self.names_of(diff.after.key, items),
                )
                yield self.drops_foreign_keys(diff.before, items, effects)
        if not self.facts.alters_constraints:
            return
        for table in comparison.dropped:
            items = comparison.circular[table.key]
            effects = Effects(releases=self.lets_go(comparison, items, table.key))
            yield self.drops_foreign_keys(table, items, effects)

    def drops_foreign_keys(
        self, table: Table, items: tuple[ForeignKey, ...], effects: Effects
    ) -> Unit:
        statements = tuple(self.drop_constraints(table, items))
        return Unit(
            phase=Phase.FOREIGN_KEYS_OFF, statements=statements, effects=effects
        )

    def drop_items(self, comparison: Comparison) -> Iterator[Unit]:
        """Drop indexes, and constraints other than keys."""
        for diff in comparison.diffs:
            statements = []
            for index in diff.indexes.dropped:
                statements += self.drop_index(diff.before, index)
            statements += self.drop_early(diff)
            if statements:
                yield Unit(
                    phase=Phase.ITEMS_OFF,
                    statements=tuple(statements),
                    effects=self.drops_items(comparison, diff),
                )

    def drop_early(self, diff: TableDiff) -> list[Statement]:
        """Return what drops constraints before their table gets another name."""
        if self.rebuilds(diff):
            return []
        return self.drop_constraints(diff.before, diff.constraints.dropped)

    def drop_tables(self, comparison: Comparison) -> Iterator[Unit]:
        for table in comparison.dropped:
            yield Unit(
                phase=Phase.TABLES_OFF,
                statements=tuple(self.drop_table(table)),
                effects=self.drops_table(comparison, table),
            )

    def create_tables(self, comparison: Comparison) -> Iterator[Unit]:
        for table, inline, _ in self.created(comparison):
            yield Unit(
                phase=Phase.TABLES,
                statements=tuple(self.create_table(table, inline)),
                effects=self.creates_table(comparison, table, inline),
            )

    def created(
        self, comparison: Comparison
    ) -> Iterator[tuple[Table, list[ForeignKey], list[ForeignKey]]]:
        """Yield new tables with the foreign keys that CREATE TABLE can hold, and
        those that come later."""
        diffs = {diff.after.key: diff for diff in comparison.diffs}
        new = {table.key: table for table in comparison.created}
        later = set(new)
        for table in comparison.created:
            later.discard(table.key)
            inline: list[ForeignKey] = []
            rest: list[ForeignKey] = []
            for item in table.foreign_keys:
                target = diffs.get(item.target)
                waits = (
                    item.use_alter
                    or item.target in later
                    or (target is not None and self.unsettled(target, item))
                    or (item.target in new and needs_index(new[item.target], item))
                )
                waits = waits and self.facts.alters_constraints
                (rest if waits else inline).append(item)
            yield table, inline, rest

    def unsettled(self, target: TableDiff, foreign_key: ForeignKey) -> bool:
        """Whether *target* has yet to become what *foreign_key* refers to."""
        columns = set(foreign_key.target_columns)
        changing = {c.name for c in target.added} | {a.name for _, a in target.altered}
        added = (*target.primary_key.added, *target.constraints.added)
        return bool(
            columns & changing
            or self.kept_otherwise(target)
            or any(columns == set(item.columns) for item in added)
            or any(columns == set(i.columns) for i in target.indexes.added)
        )

    def change_tables(self, comparison: Comparison) -> Iterator[Unit]:
        """Change what is inside tables that stay."""
        for diff in comparison.diffs:
            yield from self.drop_primary_key(diff)
            yield from self.changes(comparison, diff)

    def changes(self, comparison: Comparison, diff: TableDiff) -> Iterator[Unit]:
        """Yield all that changes inside one table."""
        statements = tuple(self.change_table(diff))
        if statements:
            yield Unit(
                phase=Phase.CHANGES,
                statements=statements,
                effects=self.changes_table(comparison, diff),
            )

    def create_indexes(self, comparison: Comparison) -> Iterator[Unit]:
        for table in comparison.created:
            yield from self.creates(comparison, table, table.indexes)
        for diff in comparison.diffs:
            yield from self.creates(comparison, diff.after, diff.indexes.added)

    def creates(
        self, comparison: Comparison, table: Table, indexes: tuple[Index, ...]
    ) -> Iterator[Unit]:
        """Yield CREATE INDEX for each of *indexes*."""
        if indexes:
            yield Unit(
                phase=Phase.INDEXES,
                statements=tuple(
                    s for index in indexes for s in self.create_index(table, index)
                ),
                effects=self.creates_indexes(comparison, table, indexes),
            )

    def add_foreign_keys(self, comparison: Comparison) -> Iterator[Unit]:
        for table, _, rest in self.created(comparison):
            yield from self.adds(comparison, table, tuple(rest))
        for diff in comparison.diffs:
            if not self.rebuilds(diff):
                yield from self.adds(comparison, diff.after, diff.foreign_keys.added)

    def adds(
        self, comparison: Comparison, table: Table, items: tuple[ForeignKey, ...]
    ) -> Iterator[Unit]:
        """Yield what adds foreign keys to *table*."""
        if items:
            yield Unit(
                phase=Phase.FOREIGN_KEYS,
                statements=tuple(self.add_constraints(table, items)),
                effects=self.adds_foreign_keys(comparison, table, items),
            )

    # One table

    def change_table(self, diff: TableDiff) -> list[Statement]:
        """Return all that changes inside a table that stays."""
        if self.rebuilds(diff):
            return self.rebuild_table(diff)
        return [
            *self.alter_table(diff),
            *self.alter_options(diff),
            *self.changed_comments(diff),
        ]

    def drop_primary_key(self, diff: TableDiff) -> Iterator[Unit]:
        """Drop the key apart, as its name may be another table's next key's."""
        gone = tuple(self.moved_item(diff, i) for i in diff.primary_key.dropped)
        if gone and not self.rebuilds(diff):
            after = diff.after.key
            yield Unit(
                phase=Phase.CHANGES,
                statements=tuple(self.drop_constraints(diff.moved, gone)),
                effects=Effects(
                    reads=frozenset({self.relation(after), columns(after)}),
                    changes=frozenset({table_of(after), keys(after)}),
                    removes=self.names_of(after, gone),
                ),
            )

    def alter_table(self, diff: TableDiff) -> list[Statement]:
        """
        Return the change of columns, new primary key and constraints.

        One ALTER TABLE where the database combines clauses; two where rows are
        filled, with the UPDATE between.
        """
        steps = self.column_steps(diff)
        statements = []
        first = [self.drop_column(diff, column) for column in self.dropping(diff)]
        first += [clause for step in steps for clause in step.first]
        last = [clause for step in steps for clause in step.last]
        middle = [s for step in steps for s in step.middle]
        added: tuple[Constraint, ...] = (
            *diff.primary_key.added,
            *diff.constraints.added,
        )
        adds = [self.add_constraint(item) for item in added]
        does = self.describe_diff(diff)
        early = [clause for step in steps for clause in step.early]
        statements += self.alter(diff.after.key, early, does)
        if not last and not middle:
            first += adds
        statements += self.alter(diff.after.key, first, does)
        statements += middle
        if last or middle:
            statements += self.alter(diff.after.key, [*last, *adds], does)
        statements += [s for step in steps for s in step.after]
        for item in added:
            statements += self.new_comment(diff.after, item)
        return statements

    def column_steps(self, diff: TableDiff) -> list[ColumnSteps]:
        """Return what altered and added columns need, in this order."""
        return [
            *(self.alter_column(diff, b, a) for b, a in diff.altered),
            *(self.add_column(diff, column) for column in diff.added),
        ]

    def dropping(self, diff: TableDiff) -> list[Column]:
        """Return dropped columns, computed ones before what they are computed from."""
        return sorted(diff.dropped, key=lambda column: column.computed is None)

    def moved_item(self, diff: TableDiff, item: Constraint) -> Constraint:
        """Return *item* of `diff.before` as it is after the renames."""
        names = tuple(diff.renamed.get(c, c) for c in item.columns)
        return replace(item, columns=names)

    def alter_options(self, diff: TableDiff) -> list[Statement]:
        """Return the change of what follows the column list; none in standard SQL."""
        return []

    def changed_comments(self, diff: TableDiff) -> list[Statement]:
        """Return changed comments where they are statements."""
        if not self.facts.comments or self.facts.inline_comments:
            return []
        table = diff.after
        statements = []
        kept = (diff.primary_key.kept, diff.constraints.kept, diff.foreign_keys.kept)
        moved = (
            diff.primary_key.renamed,
            diff.constraints.renamed,
            diff.foreign_keys.renamed,
        )
        for pairs in kept:
            for old, new in pairs:
                if old.comment != new.comment:
                    statements += self.constraint_comment(table, new)
        for pairs in moved:
            for old, new in pairs:
                if old.comment != new.comment:
                    called = replace(new, foreseen=False)
                    statements += self.constraint_comment(table, called)
        for before, after in diff.altered:
            if before.comment != after.comment:
                statements += self.column_comment(table, after.name, after.comment)
        for column in diff.added:
            if column.comment is not None:
                statements += self.column_comment(table, column.name, column.comment)
        if diff.moved.comment != table.comment:
            statements += self.table_comment(table)
        return statements

    def describe_diff(self, diff: TableDiff) -> str:
        """Return a few words for `Statement.does`."""
        table = diff.after.name
        words = [f"drop column {table}.{c.name}" for c in diff.dropped]
        words += [f"alter column {table}.{a.name}" for _, a in diff.altered]
        words += [f"add column {table}.{c.name}" for c in diff.added]
        added = (*diff.primary_key.added, *diff.constraints.added)
        words += [f"add {self.describe(item)} to {table}" for item in added]
        return ", ".join(words) or f"alter table {table}"


def needs_index(target: Table, foreign_key: ForeignKey) -> bool:
    """Whether only an index, made after the table, lets *target* be referred to."""
    columns = set(foreign_key.target_columns)
    keys = [item for item in target.constraints if item.kind == "unique"]
    if target.primary_key is not None:
        keys.append(target.primary_key)
    return all(columns != set(key.columns) for key in keys)
