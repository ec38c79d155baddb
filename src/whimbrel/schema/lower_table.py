"""
From a SQLAlchemy table to plain schema data, in the words of one dialect.

Place: `schema`, above `objects`. SQLAlchemy renders every type, default and
expression; here the pieces are cut out of its text. A dialect overrides the
small methods where its CREATE TABLE differs
(``schema/<database>/types.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, ClassVar, cast

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, CompileError, UnsupportedCompilationError
from sqlalchemy.schema import CreateIndex, DefaultClause

from whimbrel.errors.schema import ItemNotSpelled, TypeNotSpelled
from whimbrel.facts import Facts
from whimbrel.schema.literals import Literals, is_simple, unwrapped
from whimbrel.schema.objects import (
    AutoIncrement,
    Column,
    Computed,
    Constraint,
    EnumType,
    ForeignKey,
    Index,
    Sequence,
    Table,
)
from whimbrel.schema.references import referred
from whimbrel.state.sql_text import identifiers_in, quote_identifiers

REFUSED = (ArgumentError, CompileError, UnsupportedCompilationError)
_COLLATE = re.compile(r'\s+COLLATE\s+(?P<name>"(?:[^"]|"")+"|[\w.]+)', re.IGNORECASE)
_HEAD = re.compile(
    r"^CREATE (?P<prefix>.*?)\s*INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?", re.DOTALL
)


class TableLowering:
    """Lowers tables for one dialect. Standard SQL; dialects override parts."""

    literals_class: ClassVar[type[Literals]] = Literals

    def __init__(self, dialect: sa.Dialect, facts: Facts) -> None:
        self.dialect = dialect
        self.facts = facts
        self.backslash = dialect.identifier_preparer.initial_quote == "`"
        self.literals = self.literals_class(dialect, facts)
        self._ddl: Any = None

    def lower(self, table: sa.Table) -> Table:
        """
        Return *table* as plain data.

        Raises:
            TypeNotSpelled: SC101.

            ItemNotSpelled: SC102.
        """
        ddl = self.ddl_compiler()
        items = [
            item
            for item in sorted(
                table.constraints, key=lambda c: cast(Any, c)._creation_order
            )
            if self.wanted(item, ddl)
        ]
        return self.finished(
            Table(
                name=str(table.name),
                schema=table.schema,
                columns=tuple(self.column(c, ddl) for c in table.columns),
                primary_key=self.primary_key(table, ddl),
                constraints=self.constraints(items, ddl),
                foreign_keys=tuple(
                    self.foreign_key(c, ddl)
                    for c in items
                    if isinstance(c, sa.ForeignKeyConstraint)
                ),
                indexes=self.indexes(table, ddl),
                comment=table.comment if self.facts.comments else None,
                options=self.options(table),
            ),
            table,
        )

    def finished(self, lowered: Table, table: sa.Table) -> Table:
        """Return the table with what needs a view of all of it, such as names."""
        return lowered

    def ddl_compiler(self) -> Any:
        """Return SQLAlchemy's DDL compiler for this dialect, one for all tables."""
        if self._ddl is None:
            self._ddl = self.dialect.ddl_compiler(self.dialect, cast(Any, None))
        return self._ddl

    def wanted(self, item: sa.Constraint, ddl: Any) -> bool:
        """Whether this dialect is to have *item* (ddl_if, type-bound checks)."""
        return bool(cast(Any, item)._should_create_for_compiler(ddl))

    # Columns

    def column(self, column: sa.Column[Any], ddl: Any) -> Column:
        """Return *column* lowered."""
        try:
            text = self.type_text(column)
        except REFUSED as error:
            raise TypeNotSpelled(
                column.table.name, column.name, self.dialect.name, reason(error)
            ) from error
        type_text, collation = split_collation(text)
        numbering = self.auto_increment(column, ddl)
        try:
            default = self.default(column, ddl)
            computed = self.computed(column, ddl)
        except REFUSED as error:
            raise ItemNotSpelled(
                column.table.name,
                f"the default of column {column.name!r}",
                self.dialect.name,
                reason(error),
            ) from error
        enum = self.enum(column.type)
        return Column(
            name=str(column.name),
            type=type_text,
            nullable=self.nullable(column) and numbering is None,
            default=default,
            collation=collation,
            computed=computed,
            auto_increment=numbering,
            comment=column.comment if self.facts.comments else None,
            enum=enum,
            sequence=self.sequence_of(column, ddl),
            empty=self.empty(column, enum),
            bare_uuid=self.is_bare_uuid(column, type_text),
            members=() if enum else self.members(column.type),
        )

    def members(self, type_: Any) -> tuple[str, ...]:
        """Return the values of an enumeration that no check holds rows to."""
        if is_simple(type_):
            return ()
        found = unwrapped(type_, self.dialect)
        if not isinstance(found, sa.Enum):
            return ()
        checked = found.create_constraint and self.facts.check_constraints
        return () if checked else tuple(map(str, found.enums))

    def is_bare_uuid(self, column: sa.Column[Any], type_text: str) -> bool:
        """Return whether SQLAlchemy keeps UUIDs in this column as text."""
        is_uuid = isinstance(unwrapped(column.type, self.dialect), sa.Uuid)
        return is_uuid and "CHAR" in type_text.upper()

    def nullable(self, column: sa.Column[Any]) -> bool:
        """Return whether the column may hold NULL; a key usually forbids it."""
        key = column.primary_key and not self.facts.nullable_keys
        return bool(column.nullable) and not key

    def type_text(self, column: sa.Column[Any]) -> str:
        """Return the type as SQLAlchemy spells it, with its collation."""
        compiler: Any = self.dialect.type_compiler_instance
        return str(compiler.process(column.type, type_expression=column))

    def default(self, column: sa.Column[Any], ddl: Any) -> str | None:
        """Return the SQL of the DEFAULT clause."""
        if not isinstance(column.server_default, DefaultClause):
            return None
        text = ddl.get_column_default_string(column)
        return None if text is None else str(text)

    def computed(self, column: sa.Column[Any], ddl: Any) -> Computed | None:
        """Return what the column is generated from."""
        computed = column.computed
        if computed is None:
            return None
        sql = ddl.sql_compiler.process(
            computed.sqltext, include_table=False, literal_binds=True
        )
        return Computed(
            sql=self.quoted(str(sql), column.table),
            persisted=self.persisted(computed),
        )

    def quoted(self, sql: str, table: sa.Table) -> str:
        """Return *sql* with the columns of *table* in quotes that need them."""
        names = [str(c.name) for c in table.columns]
        return quote_identifiers(sql, names, self.dialect.identifier_preparer.quote)

    def persisted(self, computed: sa.Computed) -> bool:
        """Whether a computed column is stored where it does not say so."""
        return bool(computed.persisted)

    def auto_increment(self, column: sa.Column[Any], ddl: Any) -> AutoIncrement | None:
        """Return how the database numbers the rows of *column*."""
        if column.identity is None or not self.has_identity_columns:
            return None
        text = str(ddl.process(column.identity)).removeprefix("GENERATED ")
        return AutoIncrement(kind="identity", options=text)

    @property
    def has_identity_columns(self) -> bool:
        return bool(getattr(self.dialect, "supports_identity_columns", False))

    def enum(self, type_: Any) -> EnumType | None:
        """Return the named enumeration that *type_* is, or is an array of."""
        return None

    def sequence_of(self, column: sa.Column[Any], ddl: Any) -> Sequence | None:
        """Return the sequence that SQLAlchemy takes the column's values from."""
        sequence = column.default
        if not isinstance(sequence, sa.Sequence) or not self.facts.sequences:
            return None
        if sequence.optional and self.numbers_by_itself:
            return None
        return self.sequence(sequence, ddl)

    @property
    def numbers_by_itself(self) -> bool:
        """Whether an optional sequence is not needed here."""
        return bool(getattr(self.dialect, "sequences_optional", False))

    def sequence(self, sequence: sa.Sequence, ddl: Any = None) -> Sequence:
        """Return a sequence lowered."""
        ddl = ddl or self.ddl_compiler()
        create: Any = sa.schema.CreateSequence(sequence)
        name = ddl.preparer.format_sequence(sequence)
        text = str(ddl.visit_create_sequence(create))
        options = text.removeprefix(f"CREATE SEQUENCE {name}").strip()
        key = (sequence.schema, str(sequence.name))
        return Sequence(key=key, options=options)

    def empty(self, column: sa.Column[Any], enum: EnumType | None) -> str | None:
        """
        Return the neutral value of the column, None where there is none.

        All rows get it, which a key of this one column would not take. In a key of
        several columns the others can tell the rows apart.
        """
        # SQLAlchemy takes an identity for a default, which not every database has.
        given = column.server_default is not None and column.identity is None
        if column.nullable or given:
            return None
        if column.foreign_keys or is_key_alone(column):
            return None
        return self.literals.empty(column.type, enum)

    # Constraints

    def primary_key(self, table: sa.Table, ddl: Any) -> Constraint | None:
        """Return the primary key, None for a table without."""
        key = table.primary_key
        if key is None or not len(key.columns):
            return None
        return self.constraint("primary_key", key, ddl)

    def constraints(
        self, items: Iterable[sa.Constraint], ddl: Any
    ) -> tuple[Constraint, ...]:
        """Return unique, check and exclusion constraints, in order."""
        lowered: list[Constraint] = []
        for item in items:
            if isinstance(item, sa.UniqueConstraint):
                if len(item.columns):
                    lowered.append(self.constraint("unique", item, ddl))
            elif isinstance(item, sa.CheckConstraint):
                if self.facts.check_constraints:
                    lowered.append(self.constraint("check", item, ddl))
            elif item.__visit_name__ == "exclude_constraint":
                lowered.append(self.constraint("exclude", item, ddl))
        return tuple(lowered)

    def constraint(self, kind: Any, item: Any, ddl: Any) -> Constraint:
        """Return one constraint lowered: its text is cut after the name."""
        sql = self.constraint_text(kind, item, ddl)
        if kind == "check":
            sql = self.quoted(sql, item.table)
        names = [str(c.name) for c in item.table.columns]
        if kind in ("check", "exclude"):
            columns = identifiers_in(sql, names, backslash=self.backslash)
        elif kind == "primary_key":
            columns = identifiers_in(
                sql.partition(")")[0], names, backslash=self.backslash
            )
        else:
            columns = tuple(str(c.name) for c in item.columns)
        return Constraint(
            kind=kind,
            name=self.name_of(item, ddl),
            sql=sql,
            columns=columns,
            comment=item.comment if self.facts.comments else None,
        )

    def constraint_text(self, kind: str, item: Any, ddl: Any) -> str:
        """Return the text after ``CONSTRAINT name``."""
        try:
            text = str(ddl.process(item))
            formatted = (
                None if item.name is None else ddl.preparer.format_constraint(item)
            )
        except REFUSED as error:
            raise ItemNotSpelled(
                item.table.name,
                f"{kind.replace('_', ' ')} {item.name or 'without a name'}",
                self.dialect.name,
                reason(error),
            ) from error
        if formatted is not None:
            text = text.removeprefix(f"CONSTRAINT {formatted} ")
        return text

    def name_of(self, item: Any, ddl: Any) -> str | None:
        """Return the final plain name: conventions applied, cut to length."""
        if item.name is None:
            return None
        formatted = ddl.preparer.format_constraint(item)
        if formatted is None:
            return None
        return cast(str, ddl.preparer.unformat_identifiers(formatted)[0])

    def foreign_key(self, item: sa.ForeignKeyConstraint, ddl: Any) -> ForeignKey:
        """Return a foreign key lowered; its target need not be in the metadata."""
        schema, table, columns = referred(item)
        suffix = (
            ddl.define_constraint_match(item)
            + ddl.define_constraint_cascades(item)
            + ddl.define_constraint_deferrability(item)
        )
        return ForeignKey(
            name=self.name_of(item, ddl),
            columns=tuple(str(e.parent.name) for e in item.elements),
            target=(schema, table),
            target_columns=columns,
            suffix=f"{suffix}{self.foreign_key_extra(item)}".strip(),
            comment=item.comment if self.facts.comments else None,
            use_alter=bool(item.use_alter),
        )

    def foreign_key_extra(self, item: sa.ForeignKeyConstraint) -> str:
        """Return what a dialect adds behind a foreign key, a space before it."""
        return ""

    # Indexes

    def indexes(self, table: sa.Table, ddl: Any) -> tuple[Index, ...]:
        """Return the indexes that this dialect is to have, by name."""
        wanted = [i for i in table.indexes if self.wants_index(i, ddl)]
        lowered = [self.index(i, ddl) for i in wanted]
        return tuple(sorted(lowered, key=lambda index: index.name))

    def wants_index(self, index: sa.Index, ddl: Any) -> bool:
        condition = cast(Any, index)._ddl_if
        if condition is None:
            return True
        return bool(
            condition._should_execute(CreateIndex(index), index, None, compiler=ddl)
        )

    def index(self, index: sa.Index, ddl: Any) -> Index:
        """Return an index lowered: its text is cut after the table's name."""
        try:
            text = str(ddl.visit_create_index(CreateIndex(index)))
        except REFUSED as error:
            raise ItemNotSpelled(
                cast(sa.Table, index.table).name,
                f"index {index.name!r}",
                self.dialect.name,
                reason(error),
            ) from error
        head = _HEAD.match(text)
        assert head is not None
        table = ddl.preparer.format_table(index.table)
        rest = text[head.end() :]
        sql = self.after_table(rest, table)
        names = [str(c.name) for c in cast(sa.Table, index.table).columns]
        return Index(
            name=self.name_of(index, ddl) or "",
            sql=sql,
            prefix=head["prefix"],
            columns=identifiers_in(sql, names, backslash=self.backslash),
        )

    def after_table(self, text: str, table: str) -> str:
        """Return what follows ``name ON table`` in CREATE INDEX."""
        for spelled in (table, table.rpartition(".")[2]):
            _, found, rest = text.partition(f" ON {spelled} ")
            if found:
                return rest.strip()
        raise AssertionError(text)

    # Tables

    def options(self, table: sa.Table) -> tuple[tuple[str, str], ...]:
        """Return what stands around the column list: ``prefix``, ``suffix``."""
        prefix = " ".join(str(word) for word in cast(Any, table)._prefixes)
        suffix = str(self.ddl_compiler().post_create_table(table)).strip()
        pairs = (("prefix", prefix), ("suffix", suffix))
        return tuple((name, text) for name, text in pairs if text)


def split_collation(text: str) -> tuple[str, str | None]:
    """Return the type without its COLLATE, and the collation's plain name."""
    found = _COLLATE.search(text)
    if found is None:
        return text, None
    name = found["name"]
    if name.startswith('"'):
        name = name[1:-1].replace('""', '"')
    return text[: found.start()] + text[found.end() :], name


def reason(error: Exception) -> str:
    """Return SQLAlchemy's message in one line."""
    return " ".join(str(error).split("(Background on")[0].split())


def is_key_alone(column: sa.Column[Any]) -> bool:
    """Return whether no two rows may have the same value in *column*."""
    if column.unique:
        return True
    keys: list[Any] = [
        k
        for k in column.table.constraints
        if isinstance(k, sa.PrimaryKeyConstraint | sa.UniqueConstraint)
    ]
    alone = any([*key.columns] == [column] for key in keys)
    unique = (index for index in column.table.indexes if index.unique)
    return alone or any(
        [*index.columns] == [column] and len(index.expressions) == 1 for index in unique
    )
