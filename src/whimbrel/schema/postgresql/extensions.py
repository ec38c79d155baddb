"""
Extensions: created, moved, updated and dropped.

Place: `schema.postgresql`, part of its compiler, above `enums`. Nothing is dropped
with CASCADE, which would take columns along. What belongs to another role stays:
it was there before, or is somebody else's to drop. And a newer version stays where
no update leads back, for nobody could roll back a migration otherwise.
Source: https://www.postgresql.org/docs/current/sql-createextension.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from whimbrel.migrations.effects import Effects, Resource
from whimbrel.schema.change import SchemaChange
from whimbrel.schema.objects import Extension
from whimbrel.schema.postgresql.enums import EnumSQL
from whimbrel.schema.statement import Statement, Unless
from whimbrel.schema.units import BROUGHT, TAKEN, Phase, Unit

OTHERS = (
    "SELECT 'extension ' || extname || ' stays: it belongs to role ' || "
    "pg_get_userbyid(extowner) FROM pg_extension "
    "WHERE extname = {name} AND NOT pg_has_role(extowner, 'USAGE')"
)
"""Why an extension is not dropped; no row where this role may drop it."""

NEWER = (
    "SELECT 'extension ' || x.extname || ' stays at ' || x.extversion || "
    "': no update leads back to ' || back.target "
    "FROM pg_extension AS x, pg_extension_update_paths({name}) AS back, "
    "pg_extension_update_paths({name}) AS there "
    "WHERE x.extname = {name} "
    "AND back.source = x.extversion AND back.target = {version} AND back.path IS NULL "
    "AND there.source = back.target AND there.target = back.source "
    "AND there.path IS NOT NULL"
)
"""Why an extension is not updated: what it has came of the version asked for."""


class ExtensionSQL(EnumSQL):
    """Extensions in PostgreSQL."""

    def create_extensions(self, change: SchemaChange) -> Iterator[Unit]:
        for extension in change.created_extensions:
            yield Unit(
                phase=Phase.EXTENSIONS,
                statements=(self.create_extension(extension),),
                effects=Effects(makes=frozenset({BROUGHT, place(extension)})),
            )
        for before, after in change.altered_extensions:
            yield Unit(
                phase=Phase.EXTENSIONS,
                statements=tuple(self.alter_extension(before, after)),
                effects=Effects(
                    removes=frozenset({place(before)}),
                    makes=frozenset({BROUGHT, place(after)}),
                ),
            )

    def drop_extensions(self, change: SchemaChange) -> Iterator[Unit]:
        for extension in change.dropped_extensions:
            yield Unit(
                phase=Phase.EXTENSIONS_OFF,
                statements=(self.drop_extension(extension),),
                effects=Effects(removes=frozenset({TAKEN, place(extension)})),
            )

    def create_extension(self, extension: Extension) -> Statement:
        sql = f"CREATE EXTENSION IF NOT EXISTS {self.quote(extension.name)}"
        if extension.schema is not None:
            sql += f" SCHEMA {self.quote(extension.schema)}"
        if extension.version is not None:
            sql += f" VERSION {self.literal(extension.version)}"
        return self.statement(sql, f"create extension {extension.name}")

    def alter_extension(self, before: Extension, after: Extension) -> list[Statement]:
        """Return the move, and the update to a version that is asked for."""
        alter = f"ALTER EXTENSION {self.quote(after.name)}"
        statements = []
        if before.schema != after.schema:
            schema = self.schema_sql(after.schema)
            statements.append(
                self.statement(
                    f"{alter} SET SCHEMA {schema}",
                    f"move extension {after.name} to schema {after.schema or 'public'}",
                )
            )
        if after.version is not None and before.version != after.version:
            statements.append(self.update_extension(after.name, after.version))
        return statements

    def update_extension(self, name: str, version: str) -> Statement:
        """Return the update, which the way back leaves out as a rule."""
        query = NEWER.format(name=self.literal(name), version=self.literal(version))
        case = f"extension {name} is newer, and no update leads back"
        return replace(
            self.statement(
                f"ALTER EXTENSION {self.quote(name)} UPDATE TO {self.literal(version)}",
                f"update extension {name} to {version}",
            ),
            unless=Unless(query=query, case=case),
        )

    def drop_extension(self, extension: Extension) -> Statement:
        return replace(
            self.statement(
                f"DROP EXTENSION IF EXISTS {self.quote(extension.name)}",
                f"drop extension {extension.name}",
            ),
            unless=Unless(
                query=OTHERS.format(name=self.literal(extension.name)),
                case=f"extension {extension.name} belongs to another role",
            ),
        )


def place(extension: Extension) -> Resource:
    """Return the name of an extension in the schema that holds its objects."""
    return ("extension", extension.schema or "", extension.name)
