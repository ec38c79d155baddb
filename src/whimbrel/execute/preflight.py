"""
Looking before a change begins: rows that it would fail on, or spoil.

Place: `execute`, below `editor`. The questions are `schema.check`'s; here they are
asked. A table without rows is asked nothing, and each question stops at a few
rows; only a bad answer is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection, NestedTransaction
from sqlalchemy.exc import DBAPIError

from whimbrel.errors.execute import (
    DependentObjects,
    RowsInTheWay,
    StrangersInTable,
)
from whimbrel.schema.change import SchemaChange
from whimbrel.schema.check import EXAMPLES, Check
from whimbrel.schema.compiler import Compiler

AS_IT_IS = {"no_parameters": True}
LONGEST = 40
"""How much of a value a message shows."""

Row = Sequence[Any]


@dataclass(slots=True)
class Preflight:
    """
    Asks the questions of one change.

    Args:
        shelters: A failed query would end the transaction, so that the queries
            stand in a savepoint.

        notice: Told about a question that the database could not answer. That is
            no finding: the change itself will show.
    """

    connection: Connection
    shelters: bool
    notice: Callable[[str], None]
    savepoint: NestedTransaction | None = None

    def ask_all(self, checks: Sequence[Check]) -> None:
        """
        Ask *checks*.

        Raises:
            RowsInTheWay: EX107, with all that was found.
        """
        found: list[tuple[Check, list[Row]]] = []
        silent: list[str] = []
        for check in self.worth_asking(checks):
            try:
                rows = self.query(check.sql)
            except DBAPIError as error:
                silent.append(f"{' '.join(check.sql.split())}: {error.orig}")
                continue
            if rows:
                found.append((check, rows))
        if found:
            raise RowsInTheWay(
                [self.words(check, rows) for check, rows in found],
                [check.fix for check, _ in found if check.fix is not None],
                [subject(check) for check, _ in found if check.model is not None],
            )
        for text in silent:
            self.notice(f"could not look at the rows first: {text}")

    def find_dependents(self, compiler: Compiler, change: SchemaChange) -> None:
        """
        Look for objects that no model knows and that depend on what goes.

        Raises:
            DependentObjects: EX108, the change would fail on them.
        """
        try:
            found = compiler.dependents(change, self.query)
        except DBAPIError as error:
            self.notice(f"could not look for views and the like: {error.orig}")
            return
        blocking = [item for item in found if item.blocks]
        if blocking:
            raise DependentObjects(
                [str(item) for item in blocking],
                [(item.drop, item.make) for item in blocking if item.drop],
            )
        for item in found:
            self.notice(f"{item}, which is no longer there: make it anew")

    def find_strangers(self, compiler: Compiler, change: SchemaChange) -> None:
        """
        Look for parts of tables that no model knows and that the change would lose.

        Raises:
            StrangersInTable: EX109.
        """
        try:
            found = compiler.strangers(change, self.query)
        except DBAPIError as error:
            self.notice(f"could not look at what tables are made of: {error.orig}")
            return
        blocking = [item for item in found if item.blocks]
        if blocking:
            held = all(item.holds for item in blocking)
            raise StrangersInTable(map(str, blocking), held=held)
        for item in found:
            self.notice(f"not kept, as no model knows it: {item}")

    def worth_asking(self, checks: Sequence[Check]) -> list[Check]:
        """Return *checks* without those of tables that are empty."""
        often = Counter(check.table for check in checks)
        empty = {
            check.table: self.is_empty(check)
            for check in {c.table: c for c in checks}.values()
            if often[check.table] > 1
        }
        return [check for check in checks if not empty.get(check.table)]

    def is_empty(self, check: Check) -> bool:
        try:
            return not self.query(f"SELECT 1 FROM {check.table_sql} LIMIT 1")
        except DBAPIError:
            return False

    def query(self, sql: str) -> list[Row]:
        """Return the rows; what fails leaves the transaction as it was."""
        if self.shelters and self.savepoint is None and self.is_in_transaction:
            self.savepoint = self.connection.begin_nested()
        try:
            result = self.connection.exec_driver_sql(sql, execution_options=AS_IT_IS)
        except DBAPIError:
            if self.savepoint is not None:
                self.savepoint.rollback()
                self.savepoint = None
            raise
        return list(result.fetchall()) if result.returns_rows else []

    @property
    def is_in_transaction(self) -> bool:
        options = self.connection.get_execution_options()
        return options.get("isolation_level") != "AUTOCOMMIT"

    def close(self) -> None:
        """End the savepoint: all is asked."""
        if self.savepoint is not None:
            self.savepoint.commit()
            self.savepoint = None

    def words(self, check: Check, rows: list[Row]) -> str:
        """Return one finding for people."""
        number = len(rows)
        if number == EXAMPLES:
            number = self.query(check.counts)[0][0]
        noun = "value" if check.grouped else "row"
        many = f"{number} {noun}{'' if number == 1 else 's'}"
        examples = "; ".join(shown(check, row) for row in rows)
        more = "; …" if number > len(rows) else ""
        return f"{check.table[1]}: {many} {check.problem} ({examples}{more})"


def shown(check: Check, row: Row) -> str:
    """Return ``id=3 title='…'``, or ``isbn='1' in 2 rows``."""
    names = check.shows[:-1] if check.grouped else check.shows
    text = " ".join(f"{n}={short(v)}" for n, v in zip(names, row, strict=False))
    return f"{text} in {row[-1]} rows" if check.grouped else text


def short(value: object) -> str:
    """Return *value* as Python writes it, cut; texts of numbers are as they are."""
    text = repr(value) if isinstance(value, str | bytes) else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def subject(check: Check) -> tuple[str, frozenset[str]]:
    """Return the model, and the names of what *check* is about."""
    assert check.model is not None
    items = frozenset(() if check.item is None else (check.item,))
    return check.model[1], check.fields | items
