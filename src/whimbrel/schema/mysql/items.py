"""
Keys, indexes and checks in MySQL and MariaDB.

Place: `schema.mysql`, between `columns` and `compiler`. Each is a clause of the
ALTER TABLE of its table.
"""

from __future__ import annotations

from dataclasses import replace

from whimbrel.schema.constraints import Keyed
from whimbrel.schema.mysql.columns import MysqlColumnSQL
from whimbrel.schema.mysql.keys import (
    NOT_ORDERED,
    ForeignKeyIndex,
    leading_columns,
    serves,
)
from whimbrel.schema.objects import ForeignKey, Index, Table
from whimbrel.schema.statement import Lookup
from whimbrel.schema.table_diff import TableDiff
from whimbrel.state.sql_text import identifiers_in


class MysqlItemSQL(MysqlColumnSQL):
    """How MySQL and MariaDB make and drop what belongs to a table."""

    def index_definition(self, index: Index) -> str:
        """Return *index* as CREATE TABLE and ADD write it."""
        prefix = f"{index.prefix} " if index.prefix else ""
        return f"{prefix}INDEX {self.quote(index.name)} {index.sql}"

    def comment_option(self, table: Table) -> str:
        return f"COMMENT={self.literal(table.comment or '')}"

    def drop_constraint(self, item: Keyed) -> str:
        name = self.name_sql(item)
        if isinstance(item, ForeignKey):
            return f"DROP FOREIGN KEY {name}"
        return f"{self.facts.drop_check} {name}"

    def lookups(self, diff: TableDiff) -> list[Lookup | None]:
        """Return the look-ups of all indexes that the ALTER TABLE may call by name."""
        dropped = (
            replace(index, columns=self.after_renames(diff, index.columns))
            for index in diff.indexes.dropped
        )
        moved = (old for old, _ in (*diff.indexes.renamed, *diff.indexes.kept))
        return [self.lookup(diff.moved, index) for index in (*dropped, *moved)]

    # Clauses

    def drops(self, diff: TableDiff, *, serving: bool) -> list[str]:
        """
        Return the clauses that drop what is named.

        Args:
            serving: Those that something relies on that stays: a foreign key, or
                a column that numbers itself. Otherwise the others.
        """
        clauses = []
        if diff.primary_key.dropped and self.numbers(diff) == serving:
            clauses.append("DROP PRIMARY KEY")
        for index in diff.indexes.dropped:
            if self.serves_kept(diff, index) == serving:
                clauses.append(f"DROP INDEX {self.name_sql(index)}")
        if not serving:
            named = [c for c in diff.constraints.dropped if c.name is not None]
            clauses += [self.drop_constraint(check) for check in named]
        return clauses

    def held(self, diff: TableDiff) -> frozenset[str]:
        """
        Return the columns that go with a key that something relies on that stays.

        A column of several in a key is refused to go before it. One that comes
        again under its name takes its place in the key, and need not wait.
        """
        relied = [i.sql for i in diff.indexes.dropped if self.serves_kept(diff, i)]
        if self.numbers(diff):
            relied += [key.sql for key in diff.primary_key.dropped]
        gone = diff.dropped_names - {column.name for column in diff.added}
        old = {new: old for old, new in diff.renamed.items()}
        names = {old.get(name, name) for name in gone}
        return gone if any(identifiers_in(s, names) for s in relied) else frozenset()

    def numbers(self, diff: TableDiff) -> bool:
        """Whether a column numbers itself before and after."""
        return any(b.auto_increment and a.auto_increment for b, a in diff.kept)

    def serves_kept(self, diff: TableDiff, index: Index) -> bool:
        """Whether *index* of `diff.before` serves a foreign key that stays."""
        if index.prefix in NOT_ORDERED:
            return False
        named = leading_columns(index.sql, descending=self.facts.descending_serves)
        columns = self.after_renames(diff, named)
        return any(serves(columns, key) for _, key in diff.foreign_keys.kept)

    def after_renames(self, diff: TableDiff, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return what columns of `diff.before` are called in `diff.moved`."""
        return tuple(diff.renamed.get(name, name) for name in names)

    def successors(self, diff: TableDiff) -> list[str]:
        """
        Return the indexes that foreign keys that stay bring from now on.

        One that a second foreign key comes to share is made again: the database
        would call it after the second one, but not if somebody asked for it.
        """
        keys = diff.foreign_keys
        clauses = [
            f"ADD {self.index_definition(index)}"
            for index in diff.indexes.added
            if isinstance(index, ForeignKeyIndex)
            and any(serves(index.columns, key) for _, key in keys.kept)
        ]
        remade = {self.after_renames(diff, key.columns) for key in keys.dropped}
        joining = [key for key in keys.added if key.columns not in remade]
        for _, index in diff.indexes.kept:
            if isinstance(index, ForeignKeyIndex) and any(
                key.columns == index.columns and key.name != index.name
                for key in joining
            ):
                clauses.append(f"DROP INDEX {self.name_sql(index)}")
                clauses.append(f"ADD {self.index_definition(index)}")
        return clauses

    def additions(self, diff: TableDiff) -> list[str]:
        """Return the clauses that rename and add keys, indexes and checks."""
        clauses = [
            f"RENAME INDEX {self.name_sql(old)} TO {self.quote(new.name)}"
            for old, new in diff.indexes.renamed
        ]
        clauses += [self.add_constraint(key) for key in diff.primary_key.added]
        waiting = self.waiting(diff)
        clauses += [
            f"ADD {self.index_definition(index)}"
            for index in diff.indexes.added
            if not isinstance(index, ForeignKeyIndex) and index not in waiting
        ]
        clauses += [self.add_constraint(check) for check in diff.constraints.added]
        if diff.moved.comment != diff.after.comment:
            clauses.append(self.comment_option(diff.after))
        return clauses

    def waiting(self, diff: TableDiff) -> list[Index]:
        """Return the indexes that cannot be added beside others."""
        texts = [index for index in diff.indexes.added if index.prefix == "FULLTEXT"]
        return [] if self.facts.joins_text_indexes else texts[1:]

    def describe_diff(self, diff: TableDiff) -> str:
        table = diff.after.name
        words = [f"drop index {index.name}" for index in diff.indexes.dropped]
        words += [f"rename index {b.name} to {a.name}" for b, a in diff.indexes.renamed]
        words += [f"add index {index.name} on {table}" for index in diff.indexes.added]
        described = super().describe_diff(diff)
        if words and described == f"alter table {table}":
            return ", ".join(words)
        return ", ".join([described, *words])
