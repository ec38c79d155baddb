"""Errors of the schema layer: what cannot be put into a database's words."""

from __future__ import annotations

from collections.abc import Iterable

from whimbrel.errors.base import WhimbrelError, listing


class SchemaError(WhimbrelError):
    """Base of the schema layer's errors."""

    code = "SC100"


class TypeNotSpelled(SchemaError):
    """SC101: a database has no spelling for a column's type."""

    code = "SC101"

    def __init__(self, table: str, column: str, database: str, reason: str) -> None:
        self.table, self.column, self.database = table, column, database
        super().__init__(
            f"{database} cannot have column {column!r}: {reason}",
            where=f"table {table!r}",
            fix="use another type, or a variant for this database "
            "(Type().with_variant(…))",
        )


class ItemNotSpelled(SchemaError):
    """SC102: a database has no spelling for a constraint, an index or a default."""

    code = "SC102"

    def __init__(self, table: str, item: str, database: str, reason: str) -> None:
        self.table, self.item, self.database = table, item, database
        super().__init__(
            f"{database} cannot have {item}: {reason}",
            where=f"table {table!r}",
            fix="keep it to other databases with ddl_if(dialect=…), or change it",
        )


class RowsAlike(SchemaError):
    """SC108: rows that get a value each cannot be told apart."""

    code = "SC108"

    def __init__(self, table: str, column: str, words: str) -> None:
        self.table, self.column = table, column
        super().__init__(
            f"column {column!r} cannot get {words} row by row: the table has no "
            "primary key to tell its rows apart",
            where=f"table {table!r}",
            fix="give the table a primary key before; or add the column as nullable, "
            "fill it in a data migration, and make it unique afterwards",
        )


class DatabaseUnknown(SchemaError):
    """SC104: there is no SQLAlchemy dialect of that name."""

    code = "SC104"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"there is no SQLAlchemy dialect {name!r}",
            fix="use a name such as 'postgresql', 'sqlite', 'mysql' or 'mariadb', "
            "or install the package that brings the dialect",
        )


class TableFixed(SchemaError):
    """SC105: what is said about a table cannot change while it lives."""

    code = "SC105"

    def __init__(self, table: str, before: str | None, after: str | None) -> None:
        self.table, self.before, self.after = table, before, after
        super().__init__(
            f"a table cannot change from {before or 'nothing'!r} to "
            f"{after or 'nothing'!r}",
            where=f"table {table!r}",
            fix="create another table, copy the rows in a data migration, and drop "
            "this one",
        )


class CannotBeOrdered(SchemaError):
    """SC106: each of some changes would have to come before the others."""

    code = "SC106"

    def __init__(self, changes: Iterable[str]) -> None:
        self.changes = tuple(changes)
        super().__init__(
            "each of these changes has to come before another of them: "
            f"{listing(self.changes)}",
            fix="make one of them in a migration of its own",
        )


class VersionUnread(SchemaError):
    """SC107: a text is not the version of a server."""

    code = "SC107"

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            f"{text!r} is not the version of a server",
            fix="write it as numbers with dots between them, such as 15, 8.4.2, "
            "3.53 or 10.11-MariaDB",
        )
