"""
Questions to the rows, as PostgreSQL answers them.

Place: `schema.postgresql`, above `casts`. Since version 16 `pg_input_is_valid` says
whether a text reads as a type. Before it, patterns say what certainly does not;
a date may be written in too many ways to say more than that.
"""

from __future__ import annotations

from collections.abc import Iterator

from whimbrel.schema.check import Check
from whimbrel.schema.checks import CheckSQL, fresh
from whimbrel.schema.conversions import key_names
from whimbrel.schema.fates import TableFate
from whimbrel.schema.objects import Column, Constraint, Table
from whimbrel.schema.postgresql.casts import conversion, is_string
from whimbrel.schema.postgresql.exclusions import ROW, Exclusion, exclusion, pairs
from whimbrel.schema.postgresql.facts import PostgresqlFacts
from whimbrel.schema.type_text import TypeText
from whimbrel.state.sql_text import identifiers_in

INTEGER = r"^\s*[-+]?\d+\s*$"
NUMBER = r"^\s*([-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|nan|[-+]?inf(inity)?)\s*$"
BOOLEAN = r"^\s*(t|tr|tru|true|f|fa|fal|fals|false|y|ye|yes|n|no|on|off?|1|0)\s*$"
UUID = r"^\s*\{?([0-9a-f]{4}-?){8}\}?\s*$"
NO_MOMENT = r"^\s*\d{4}-(\d\D|1[3-9]|[2-9]\d|00|\d+-(3[2-9]|[4-9]\d|00))"
"""Looks like an ISO date, of a month or day that there is not."""

SPECIAL = ("now", "today", "tomorrow", "yesterday", "epoch", "infinity", "-infinity")
PATTERNS = {"decimal": NUMBER, "float": NUMBER, "boolean": BOOLEAN, "uuid": UUID}


class PostgresqlChecks(CheckSQL):
    """How PostgreSQL spells the checks."""

    facts: PostgresqlFacts

    def text(self, value: str) -> str:
        return f"{value}::text"

    def length(self, text: str) -> str:
        return f"length({text})"

    def typed(self, sql: str, column: Column) -> str:
        return f"CAST({sql} AS {column.type})"

    def converted(self, value: str, before: Column, after: Column) -> str:
        if before.type != after.type or before.enum != after.enum:
            by_text = before.enum != after.enum and before.enum is not None
            using = conversion(value, before.type, after.type, by_text=by_text)
            value = using or f"{value}::{after.type}"
        return super().converted(value, before, after)

    def new_text(self, value: str, before: Column, after: Column) -> str:
        """Bytes are read as UTF-8, and not in PostgreSQL's own notation."""
        using = conversion(value, before.type, after.type, by_text=False)
        return self.text(using or value)

    def bad_number(self, value: str, old: TypeText, new: TypeText) -> str | None:
        """NaN counts as the greatest number, and yet goes into every decimal."""
        bad = super().bad_number(value, old, new)
        if bad is None or old.family == "integer" or new.family != "decimal":
            return bad
        return f"({bad}) AND {value} <> 'NaN'"

    def own_rows(self, table: Table) -> str:
        """Tables may inherit from it; those that are its partitions have its rows."""
        parted = any("PARTITION BY" in text.upper() for _, text in table.options)
        return f"{'' if parted else 'ONLY '}{self.table_sql(table)}"

    def of_exclusions(self, fate: TableFate, moved: Table) -> Iterator[Check]:
        names = [column.name for column in fate.after.columns]
        wanted = [c for c in fate.after.constraints if c.kind == "exclude"]
        for item in fresh(fate, moved.constraints, wanted):
            found = exclusion(item.sql)
            columns = identifiers_in(item.sql, names)
            view = self.view(fate, columns, more=ROW, alone=True)
            if found is not None and view is not None:
                yield self.conflicts(fate.before, item, found, view)

    def conflicts(
        self, table: Table, item: Constraint, found: Exclusion, view: str
    ) -> Check:
        keys = self.key_aliases(table)
        shown = key_names(table)
        return Check(
            kind="conflicts",
            table=table.key,
            table_sql=self.table_sql(table),
            columns=item.columns,
            select=tuple(f"{side}.{k}" for side in ("one", "other") for k in keys),
            shows=(*shown, *(f"and {name}" for name in shown)),
            source=pairs(found, view, keys),
            problem=f"at odds with another one, which {item.name} forbids",
            item=item.name,
        )

    def is_one_of(self, value: str, column: Column, names: tuple[str, ...]) -> str:
        members = ", ".join(map(self.literal, names))
        if column.type.endswith("[]"):
            return f"{value}::text[] && ARRAY[{members}]"
        return f"{value}::text IN ({members})"

    def unreadable(self, value: str, before: Column, after: Column) -> str | None:
        if (
            not is_string(before.type)
            and conversion(value, before.type, after.type, by_text=False)
            != f"{value}::text::{after.type}"
        ):
            return None
        text = self.text(value)
        if self.facts.validates_input:
            return f"NOT pg_input_is_valid({text}, {self.literal(after.type)})"
        if after.enum is not None and not after.type.endswith("[]"):
            members = ", ".join(map(self.literal, after.enum.values))
            return f"{text} NOT IN ({members})"
        return self.certainly_unreadable(text, after)

    def certainly_unreadable(self, text: str, after: Column) -> str | None:
        """Return what tells, without the database's own reader, that it will fail."""
        new = self.read(after.type)
        if new.family == "integer":
            number = f"CASE WHEN {text} ~ '{INTEGER}' THEN {text}::numeric END"
            return (
                f"{text} !~ '{INTEGER}' OR {number} < {new.low} "
                f"OR {number} > {new.high}"
            )
        if new.family in PATTERNS:
            return f"{text} !~* '{PATTERNS[new.family]}'"
        if new.family in ("date", "moment"):
            words = ", ".join(map(self.literal, SPECIAL))
            return (
                f"({text} !~ '\\d' AND lower(trim({text})) NOT IN ({words})) "
                f"OR {text} ~ '{NO_MOMENT}'"
            )
        return None
