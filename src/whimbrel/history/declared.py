"""
From the class in a migration file to a migration, its attributes checked.

Place: `history`, above `files`.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from whimbrel.errors.history import AttributeOfWrongShape, MigrationClassMissing
from whimbrel.history.files import MigrationFile
from whimbrel.migrations.migration import Migration
from whimbrel.migrations.operation import Operation

PAIRS = '("app", "name") pairs in a list'


def declared_migration(file: MigrationFile, module: ModuleType) -> Migration:
    """
    Return the migration that *module* declares.

    Raises:
        MigrationClassMissing: HI102.

        AttributeOfWrongShape: HI103.
    """
    found = vars(module).get("Migration")
    path = str(file.path)
    if found is Migration or found is None:
        raise MigrationClassMissing(path, None)
    if not isinstance(found, type) or not issubclass(found, Migration):
        raise MigrationClassMissing(path, found)
    for attribute in ("dependencies", "run_before", "replaces"):
        _check_pairs(path, attribute, getattr(found, attribute))
    _check_operations(path, found.operations)
    _check_flag(path, "initial", found.initial, (True, False, None))
    _check_flag(path, "atomic", found.atomic, (True, False))
    migration = found(file.name, file.app_label)
    migration.dependencies = [(a, n) for a, n in migration.dependencies]
    migration.run_before = [(a, n) for a, n in migration.run_before]
    migration.replaces = [(a, n) for a, n in migration.replaces]
    return migration


def _check_pairs(path: str, attribute: str, value: Any) -> None:
    if not isinstance(value, list | tuple):
        raise AttributeOfWrongShape(path, attribute, f"{value!r} is no list", PAIRS)
    for item in value:
        pair = isinstance(item, list | tuple) and len(item) == 2
        if not pair or not all(isinstance(part, str) for part in item):
            problem = f"{item!r} is no pair of app and name"
            raise AttributeOfWrongShape(path, attribute, problem, PAIRS)


def _check_operations(path: str, value: Any) -> None:
    wanted = "a list of operations, each with its arguments"
    if not isinstance(value, list | tuple):
        problem = f"{value!r} is no list"
        raise AttributeOfWrongShape(path, "operations", problem, wanted)
    for number, item in enumerate(value, 1):
        if not isinstance(item, Operation):
            problem = f"item {number}, {item!r}, is no operation"
            raise AttributeOfWrongShape(path, "operations", problem, wanted)


def _check_flag(
    path: str, attribute: str, value: Any, allowed: tuple[Any, ...]
) -> None:
    if not any(value is one for one in allowed):
        wanted = " or ".join(map(str, allowed))
        raise AttributeOfWrongShape(path, attribute, f"{value!r} is no flag", wanted)
