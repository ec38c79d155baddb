"""
`optimizemigration`: a migration with fewer operations that do the same.

Place: `project`, above `recorded`. Only the list of operations in the file changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from whimbrel.errors.history import CannotRewrite
from whimbrel.history.history import History, Key
from whimbrel.history.replay import state_before
from whimbrel.history.rewriter import rewritten
from whimbrel.history.writer import write_migration
from whimbrel.migrations.migration import Migration
from whimbrel.migrations.optimizer import optimize
from whimbrel.project.config import Config
from whimbrel.project.describe import Described, described
from whimbrel.project.recorded import check_labels, load_history
from whimbrel.project.wanted import prefixes


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizedMigration:
    """
    A migration, optimized as far as that is possible.

    Args:
        given: How many operations it had.

        operations: What is left of them.

        text: Of the file as it is now, or would be.

        written: Whether the file was changed.
    """

    app: str
    name: str
    path: Path
    given: int
    operations: tuple[Described, ...]
    text: str
    written: bool

    @property
    def is_shorter(self) -> bool:
        """Whether anything could be merged."""
        return len(self.operations) < self.given


def optimizemigration(
    config: Config, app: str, name: str, *, dry_run: bool = False
) -> OptimizedMigration:
    """
    Write a migration anew with fewer operations, if fewer do the same.

    Args:
        name: Of the migration, or how only its name begins.

        dry_run: Write nothing.

    Raises:
        UnknownApp: PR106.

        MigrationNotFound: HI112; AmbiguousName: HI113.

        CannotRewrite: HI132, its operations are not written out in the file.

        CannotWrite: HI130, a value has no source text.
    """
    check_labels(config, (app,))
    history = load_history(config)
    migration = history.find(app, name)
    given = tuple(migration.operations)
    path = Path(history.files[migration.key])
    left = optimize(
        app, given, state_before(_with(history, migration.key), migration.key)
    )
    shorter = len(left) < len(given)
    text = _text(path)
    if shorter:
        text = rewritten(
            text,
            given,
            left,
            module=f"{history.folders[app].package}.{migration.name}",
            file=str(path),
            first_party={
                p.split(".")[0] for a in config.apps.values() for p in prefixes(a)
            },
        )
    if shorter and not dry_run:
        write_migration(path, text, replace=True)
    return OptimizedMigration(
        app=app,
        name=migration.name,
        path=path,
        given=len(given),
        operations=described(Migration.of(app, migration.name, operations=left)),
        text=text,
        written=shorter and not dry_run,
    )


def _text(path: Path) -> str:
    if path.suffix != ".py":
        raise CannotRewrite(str(path), "there is bytecode only")
    return path.read_text(encoding="utf-8")


def _with(history: History, key: Key) -> History:
    """Return the history in which migration *key* counts, though it be replaced."""
    unfolded: set[Key] = set()
    while key in history.resolved.squashes.stand_ins:
        unfolded.add(history.resolved.squashes.stand_ins[key])
        history = history.seen_by((), unfolded=unfolded)
    return history
