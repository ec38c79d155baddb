"""
What a database can do: the words in which the other layers ask.

Place: above `errors`, below `models`. The answers for each database and
version are in `schema/<database>/facts.py`; code that needs to know asks a
fact by name and never for a product.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """
    The abilities of one version of one database.

    The defaults describe a cautious, standard SQL database.
    """

    identifier_length: int = 63
    """Longest name of a table, column, index or constraint, in characters."""

    transactional_ddl: bool = False
    """A rolled back transaction takes its DDL back."""

    errors_end_transactions: bool = False
    """After a statement that failed, a transaction takes nothing but its end."""

    combines_alters: bool = False
    """One ALTER TABLE may hold several clauses."""

    alters_columns: bool = True
    """Type, nullability and default of a column change in place."""

    drops_columns: bool = True
    """ALTER TABLE … DROP COLUMN exists."""

    renames_columns: bool = True
    follows_renames: bool = True
    """Checks and computed columns follow the rename of a column; otherwise it is
    refused as long as one of them mentions the column."""

    alters_constraints: bool = True
    """Constraints can be added to and dropped from an existing table."""

    renames_indexes: bool = True
    renames_constraints: bool = False

    partial_indexes: bool = False
    expression_indexes: bool = False
    covering_indexes: bool = False
    descending_indexes: bool = True
    """The order of an index's columns is kept, not only read."""

    text_indexes: bool = True
    """A text or blob column can be indexed without a prefix length."""

    pattern_indexes: bool = False
    """LIKE needs an index of its own (operator classes `…_pattern_ops`)."""

    indexes_foreign_keys: bool = False
    """A foreign key brings an index of its own."""

    deferrable_constraints: bool = False
    nulls_not_distinct: bool = False
    check_constraints: bool = True

    comments: bool = False
    inline_comments: bool = False
    """A comment is part of the column's and the table's definition."""

    unsigned_integers: bool = False
    """Integers have an unsigned form, so that no check for >= 0 is needed."""

    nullable_keys: bool = False
    """A column of the primary key may hold NULL unless that is forbidden."""

    random_uuid: str | None = None
    """SQL of a random UUID (version 4) in 32 digits, another one in every row."""

    native_json: bool = True
    """JSON columns are checked by the database itself."""

    native_enums: bool = False
    """Enumerations are types of their own with a name."""

    sequences: bool = False
    extensions: bool = False
    """Types, functions and more come as extensions that a database can have."""

    schemas: bool = False
    """Tables live in named schemas that can be created."""

    names_constraints: bool = False
    """The database gives an unnamed constraint a name that can be foreseen."""

    utc_now: str = "CURRENT_TIMESTAMP"
    """SQL of the time as the history table has it: in UTC where a column has no
    time zone."""

    begins: str | None = None
    """Statement that opens a transaction, where the driver opens none for DDL."""

    prepares: tuple[str, ...] = ()
    """Statements that a connection runs, outside a transaction, before DDL."""

    settles: tuple[str, ...] = ()
    """Statements that undo what `prepares` set."""
