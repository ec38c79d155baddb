"""
Questions to the rows before a change begins: what would it fail on, or spoil?

Place: `schema`, above `fates`, `narrowing` and `index_text`. Pure: a `Check` is a
query and what a bad answer means; `execute.preflight` asks. The SQL of each kind
is here once; a database overrides how it is spelled (`schema/<database>/checks.py`).

Everything is asked in the words of before. What speaks of columns as they are
called afterwards (a new check, a condition) is asked of a subquery that shows the
rows as they will be (`view`). A doubt is no finding: what cannot be told from the
SQL is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from whimbrel.schema.change import SchemaChange
from whimbrel.schema.check import Check
from whimbrel.schema.conversions import ConversionSQL, key_names
from whimbrel.schema.fates import TableFate, fates
from whimbrel.schema.index_text import (
    KeyText,
    condition_of,
    is_unproven,
    key_text,
)
from whimbrel.schema.objects import (
    Column,
    Constraint,
    ForeignKey,
    Index,
    Table,
    TableKey,
)
from whimbrel.schema.renames import Renames
from whimbrel.schema.table_diff import Item, content

ROWS = "whimbrel_rows"
"""How the subquery of `CheckSQL.view` is called."""

NO_VALUE = (
    "give the column a default; or add it as nullable, fill it in a data migration, "
    "and make it not null after that"
)
NO_VALUE_BACK = (
    "say what rows get when the column comes back (fill_back= in RemoveField, or in "
    "the AlterField that makes it another); or make it nullable in an operation before "
    "the one that removes it, with a data step between whose way back fills it"
)
NULL = "say what replaces a NULL (fill= in AlterField)"
NULL_BACK = "say what replaces a NULL on the way back (fill_back= in AlterField)"


class CheckSQL(ConversionSQL):
    """Standard SQL for every kind of check."""

    def checks(self, change: SchemaChange) -> list[Check]:
        """Return the questions that *change* raises, conversions first."""
        renames = Renames.of(change, self.quote)
        everything = list(fates(change))
        by_key = {fate.after.key: fate for fate in everything}
        found = [placed(f, c) for f in everything for c in self.of_columns(f)]
        for fate in everything:
            moved = renames.follow(fate.before)
            items = [
                *self.of_checks(fate, moved),
                *self.of_keys(fate, moved),
                *self.of_exclusions(fate, moved),
                *self.of_foreign_keys(fate, moved, by_key, change),
            ]
            found += [placed(fate, check) for check in items]
        return found

    # Columns

    def of_columns(self, fate: TableFate) -> Iterator[Check]:
        for column in fate.added:
            if self.lacks_value(fate, column):
                yield self.no_value(fate, column)
        for before, after in fate.kept:
            if before.computed is not None or after.computed is not None:
                continue
            yield from self.of_values(fate, before, after)
            if self.may_meet_nulls(fate, before, after):
                yield self.nulls(fate, before, after)

    def lacks_value(self, fate: TableFate, column: Column) -> bool:
        """Whether rows have nothing to put into the new *column*, which wants it."""
        return (
            not column.nullable
            and column.computed is None
            and not self.numbers_itself(fate.after, column)
            and (column.default is None or is_null(column.default))
            and column.name not in fate.change.filled
        )

    def numbers_itself(self, table: Table, column: Column) -> bool:
        """Whether the database gives a value where a row has none."""
        return column.auto_increment is not None

    def no_value(self, fate: TableFate, column: Column) -> Check:
        return Check(
            kind="no value",
            table=fate.before.key,
            table_sql=self.table_sql(fate.before),
            columns=(column.name,),
            select=self.keys(fate.before),
            shows=key_names(fate.before),
            source=f"FROM {self.table_sql(fate.before)}",
            problem=f"without a value for the new column {column.name}, "
            "which takes no NULL",
            fix=NO_VALUE_BACK if fate.change.returning else NO_VALUE,
        )

    def may_meet_nulls(self, fate: TableFate, before: Column, after: Column) -> bool:
        if after.nullable or after.name in fate.change.filled:
            return False
        if self.numbers_itself(fate.after, after):
            return False
        return before.nullable or after.name in fate.change.casts

    def nulls(self, fate: TableFate, before: Column, after: Column) -> Check:
        value = self.cast_or_name(fate, before, after)
        return self.row_check(
            fate,
            "nulls",
            before,
            f"{value} IS NULL",
            f"with NULL in column {before.name}, which is to take none",
            NULL_BACK if fate.change.returning else NULL,
        )

    # Check constraints

    def of_checks(self, fate: TableFate, moved: Table) -> Iterator[Check]:
        for item in fresh(fate, moved.constraints, fate.after.constraints):
            condition = condition_of(item.sql, backslash=self.backslash)
            if item.kind != "check" or condition is None:
                continue
            view = self.view(fate, item.columns)
            if view is None:
                continue
            name = item.name or condition
            yield Check(
                kind="check",
                table=fate.before.key,
                table_sql=self.table_sql(fate.before),
                columns=item.columns,
                select=(*self.key_aliases(fate.before), *map(self.quote, item.columns)),
                shows=(*key_names(fate.before), *item.columns),
                source=f"FROM {view} WHERE NOT ({condition})",
                problem=f"against the check {name}",
                item=item.name,
            )

    # Keys

    def of_keys(self, fate: TableFate, moved: Table) -> Iterator[Check]:
        old, new = fate.before, fate.after
        had = [moved.primary_key] if moved.primary_key else []
        has = [new.primary_key] if new.primary_key else []
        items: list[Constraint | Index] = [*fresh(fate, had, has)]
        uniques = [c for c in new.constraints if c.kind == "unique"]
        items += fresh(fate, moved.constraints, uniques)
        items += fresh(fate, moved.indexes, [i for i in new.indexes if i.unique])
        kept = kept_values(fate)
        for item in items:
            key = self.key_text(item)
            view = self.view(kept, item.columns, keys=False, alone=True)
            if key is not None and not fate.change.row_fills.keys().isdisjoint(
                item.columns
            ):
                key = replace(key, nulls_distinct=True)  # they will be
            if key is not None and view is not None:
                yield self.duplicates(old, item, key, view)

    def key_text(self, item: Constraint | Index) -> KeyText | None:
        """Return what *item* wants different in all rows."""
        return key_text(item.sql, backslash=self.backslash)

    def duplicates(
        self, table: Table, item: Constraint | Index, key: KeyText, view: str
    ) -> Check:
        primary = isinstance(item, Constraint) and item.kind == "primary_key"
        conditions = [] if key.condition is None else [f"({key.condition})"]
        if key.nulls_distinct:
            conditions += [f"{element} IS NOT NULL" for element in key.elements]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        groups = ", ".join(key.elements)
        forbids = f"which {item.name} forbids"
        if primary or item.name is None:
            forbids = f"which is to be {'the primary key' if primary else 'unique'}"
        over = ", ".join(map(self.unquoted, key.elements))
        return Check(
            kind="duplicates",
            table=table.key,
            table_sql=self.table_sql(table),
            columns=item.columns,
            select=(*key.elements, "count(*)"),
            shows=(*(self.unquoted(element) for element in key.elements), "rows"),
            source=f"FROM {view}{where} GROUP BY {groups} HAVING count(*) > 1",
            grouped=True,
            item=item.name,
            problem=f"of ({over}) in more than one row, {forbids}",
        )

    def unquoted(self, element: str) -> str:
        return element.strip('"`')

    def of_exclusions(self, fate: TableFate, moved: Table) -> Iterator[Check]:
        """Yield what is to be asked of rows that exclude each other."""
        return iter(())

    # Foreign keys

    def of_foreign_keys(
        self,
        fate: TableFate,
        moved: Table,
        by_key: dict[TableKey, TableFate],
        change: SchemaChange,
    ) -> Iterator[Check]:
        created = {t.after.key for t in change.tables if t.after and not t.before}
        for item in self.open_foreign_keys(fate, moved):
            if is_unproven(item.suffix):
                continue
            view = self.view(fate, item.columns, alone=True)
            targets: str | None = ""
            if item.target not in created:
                targets = self.targets(item, by_key.get(item.target))
            if view is not None and targets is not None:
                yield self.orphans(fate.before, item, view, targets)

    def open_foreign_keys(self, fate: TableFate, moved: Table) -> list[ForeignKey]:
        """Return those that no row has been held against as it will be."""
        return fresh(fate, moved.foreign_keys, fate.after.foreign_keys)

    def targets(self, item: ForeignKey, fate: TableFate | None) -> str | None:
        """Return what shows the rows that *item* may lead to."""
        if fate is None:
            return self.key_sql(item.target)
        return self.view(fate, item.target_columns, keys=False)

    def orphans(self, table: Table, item: ForeignKey, view: str, targets: str) -> Check:
        """Return the question; without *targets* no row can lead anywhere."""
        columns = [f"child.{self.quote(name)}" for name in item.columns]
        conditions = [f"{column} IS NOT NULL" for column in columns]
        if targets:
            pairs = zip(item.target_columns, columns, strict=True)
            joined = " AND ".join(f"parent.{self.quote(t)} = {c}" for t, c in pairs)
            sub = f"SELECT 1 FROM {self.aliased(targets, 'parent')} WHERE {joined}"
            conditions.append(f"NOT EXISTS ({sub})")
        keys = [f"child.{name}" for name in self.key_aliases(table)]
        return Check(
            kind="orphans",
            table=table.key,
            table_sql=self.table_sql(table),
            columns=item.columns,
            select=(*keys, *columns),
            shows=(*key_names(table), *item.columns),
            source=f"FROM {self.aliased(view, 'child')} "
            f"WHERE {' AND '.join(conditions)}",
            problem=f"whose {', '.join(item.columns)} leads to no row of "
            f"{item.target[1]}",
            item=item.name,
        )

    def aliased(self, view: str, alias: str) -> str:
        """Return *view* under the name *alias*."""
        return f"{view.removesuffix(f' AS {ROWS}')} AS {alias}"

    # The rows as they will be

    def view(
        self,
        fate: TableFate,
        names: Iterable[str],
        *,
        keys: bool = True,
        more: Iterable[str] = (),
        alone: bool = False,
    ) -> str | None:
        """
        Return a subquery with the columns *names* as they will be, and the keys as
        they are; None where the value of one is not foreseen.

        Args:
            keys: Whether `key_aliases` are in it.

            more: What else is in it, SQL.

            alone: Without the rows of tables that inherit from this one: a key
                does not look at them.
        """
        parts = [*more]
        for name in dict.fromkeys(names):
            value = self.value(fate, fate.after.column(name))
            if value is None:
                return None
            parts.append(f"{value} AS {self.quote(name)}")
        if keys:
            aliases = zip(
                self.keys(fate.before), self.key_aliases(fate.before), strict=True
            )
            parts += [f"{key} AS {alias}" for key, alias in aliases]
        columns = ", ".join(parts) or "1 AS nothing"
        table = self.own_rows(fate.before) if alone else self.table_sql(fate.before)
        return f"(SELECT {columns} FROM {table}) AS {ROWS}"

    def own_rows(self, table: Table) -> str:
        """Return what shows the rows of *table* and of no other."""
        return self.table_sql(table)

    def value(self, fate: TableFate, column: Column) -> str | None:
        """Return what *column* will hold, in the words of before; None if unknown."""
        if column.computed is not None:
            return None
        before = fate.predecessor(column.name)
        if column.name in fate.change.row_fills:
            return None
        fill = fate.change.fills.get(column.name)
        if before is None:
            if self.numbers_itself(fate.after, column):
                return None
            fill = fill or column.default or "NULL"
            return self.typed(fill, column) if self.is_constant(fill) else None
        if before.computed is not None:
            return None
        value = self.cast_or_name(fate, before, column)
        if moves := fate.change.renamed_values.get(column.name):
            if before.enum or column.enum or before.type.endswith("[]"):
                return None
            value = self.moved_value(value, moves)
        if column.name not in fate.change.casts:
            value = self.converted(value, before, column)
        if fill is None or not before.nullable or column.nullable:
            return value
        if not self.is_constant(fill):
            return None
        return f"coalesce({value}, {self.typed(fill, column)})"

    def key_aliases(self, table: Table) -> tuple[str, ...]:
        return tuple(f"whimbrel_key_{n}" for n, _ in enumerate(self.keys(table)))


def fresh(fate: TableFate, moved: Iterable[Item], after: Iterable[Item]) -> list[Item]:
    """Return what is new of *after*, or speaks of values that are."""
    known = {content(item) for item in moved}
    given = {column.name for column in fate.added} | set(fate.change.casts)
    given |= fate.change.renamed_values.keys()
    given |= {
        a.name
        for b, a in fate.kept
        if a.name in fate.change.filled and b.nullable and not a.nullable
    }
    return [
        item
        for item in after
        if content(item) not in known or not given.isdisjoint(item.columns)
    ]


def kept_values(fate: TableFate) -> TableFate:
    """Return *fate* with the values that rows have already, where only those that
    have none get one from Python."""
    added = {column.name for column in fate.added}
    fills = fate.change.row_fills
    unforeseen = {name: fill for name, fill in fills.items() if name in added}
    return replace(fate, change=replace(fate.change, row_fills=unforeseen))


def is_null(sql: str) -> bool:
    """Whether a default is the same as none."""
    return sql.strip("() ").upper() == "NULL"


def placed(fate: TableFate, check: Check) -> Check:
    """Return *check* with the model and fields that it is about."""
    change = fate.change
    columns = {*check.columns, *(change.renamed.get(c, c) for c in check.columns)}
    fields = frozenset(change.fields[c] for c in columns if c in change.fields)
    return replace(check, model=change.model, fields=fields)
