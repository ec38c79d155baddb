"""Errors of migration files, their graph, and plans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from whimbrel.errors.base import WhimbrelError, did_you_mean, listing

Key: TypeAlias = tuple[str, str]


def dotted(key: Key) -> str:
    """Return ``app.name``, as messages call a migration."""
    return f"{key[0]}.{key[1]}"


def dotted_listing(keys: Iterable[Key]) -> str:
    """Return *keys* as a list for messages, sorted and cut."""
    return listing(dotted(key) for key in keys)


class HistoryError(WhimbrelError):
    """Base of the errors of migration files and plans."""

    code = "HI100"


class FileNotUnderstood(HistoryError):
    """A migration file is no Python, or running it failed."""

    code = "HI101"

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        super().__init__(
            f"the migration file cannot be loaded: {reason}",
            where=file if line is None else f"{file}:{line}",
            fix="correct the file, or take it away if it is no migration "
            "(names that start with _ or ~ are left alone)",
        )


class MigrationClassMissing(HistoryError):
    """A file in a migrations folder has no class Migration."""

    code = "HI102"

    def __init__(self, file: str, found: object | None) -> None:
        what = (
            "the file has no class called Migration"
            if found is None
            else f"Migration is {found!r}, no subclass of whimbrel.migrations.Migration"
        )
        super().__init__(
            what,
            where=file,
            fix="write `class Migration(migrations.Migration):`, or give a file that "
            "is no migration a name that starts with _",
        )


class AttributeOfWrongShape(HistoryError):
    """An attribute of a Migration class holds something it cannot hold."""

    code = "HI103"

    def __init__(self, file: str, attribute: str, problem: str, wanted: str) -> None:
        super().__init__(
            f"Migration.{attribute}: {problem}", where=file, fix=f"write {wanted}"
        )


class FolderNotFound(HistoryError):
    """The place of an app's migrations cannot be found or imported."""

    code = "HI104"

    def __init__(self, app_label: str, place: str, reason: str) -> None:
        super().__init__(
            f"the migrations of app {app_label!r} cannot be found: {reason}",
            where=place,
            fix="correct `migrations` of the app in the configuration",
        )


class SharedFolder(HistoryError):
    """Two apps keep their migrations in one folder."""

    code = "HI105"

    def __init__(self, apps: Iterable[str], folder: str) -> None:
        super().__init__(
            f"apps with one migrations folder: {listing(apps)}",
            where=folder,
            fix="give each app a folder of its own",
        )


class DuplicateMigration(HistoryError):
    """A name stands for two files."""

    code = "HI106"

    def __init__(self, key: Key, files: Iterable[str]) -> None:
        super().__init__(
            f"migration {dotted(key)} is there twice",
            where=listing(files),
            fix="rename or remove one of them",
        )


class DependencyNotFound(HistoryError):
    """A migration refers to a migration, or an app, that does not exist."""

    code = "HI107"

    def __init__(
        self,
        child: Key,
        target: Key,
        known: Iterable[Key],
        apps: Iterable[str],
        *,
        where: str | None = None,
        attribute: str = "dependencies",
    ) -> None:
        self.child, self.target = child, target
        app, name = target
        if app not in (labels := list(apps)):
            what = f"app {app!r} is not part of the project"
            fix = did_you_mean(app, labels)
        else:
            what = f"there is no migration {dotted(target)}"
            names = [n for a, n in known if a == app]
            fix = did_you_mean(name, names) or f"app {app!r} has no migrations"
        super().__init__(
            f"{attribute} of {dotted(child)}: {what}", where=where, fix=fix
        )


class ReplacedPartly(HistoryError):
    """A squash is applied in part, and a file that is still needed is gone."""

    code = "HI108"

    def __init__(self, squash: Key, missing: Iterable[Key]) -> None:
        super().__init__(
            f"the database has some, not all, of the migrations that "
            f"{dotted(squash)} replaces, and these files are gone: "
            f"{dotted_listing(missing)}",
            fix="bring the replaced files back and migrate once more; they may go "
            "when every database has all of them",
        )


class ReplacedTwice(HistoryError):
    """Two squashes stand for one migration, and neither for the other."""

    code = "HI109"

    def __init__(self, key: Key, squashes: Iterable[Key]) -> None:
        super().__init__(
            f"{dotted(key)} is replaced by more than one squash: "
            f"{dotted_listing(squashes)}",
            fix="let one of them list the other in `replaces`, or take one away",
        )


class CyclicReplaces(HistoryError):
    """Squashes replace each other in a circle."""

    code = "HI110"

    def __init__(self, keys: Sequence[Key]) -> None:
        super().__init__(
            f"`replaces` goes in a circle: {' -> '.join(map(dotted, keys))}",
            fix="let a squash list only migrations that are older than itself",
        )


class CyclicDependencies(HistoryError):
    """Migrations depend on each other in a circle."""

    code = "HI111"

    def __init__(self, keys: Sequence[Key]) -> None:
        self.keys = tuple(keys)
        super().__init__(
            f"migrations depend on each other: {' -> '.join(map(dotted, keys))}",
            fix="take one of these dependencies away; where a squash takes part, "
            "squash fewer migrations at once",
        )


class MigrationNotFound(HistoryError):
    """No migration has the name, or begins with it."""

    code = "HI112"

    def __init__(self, app_label: str, name: str, known: Iterable[str]) -> None:
        super().__init__(
            f"app {app_label!r} has no migration {name!r}",
            fix=did_you_mean(name, known) or "make one with `whimbrel makemigrations`",
        )


class AmbiguousName(HistoryError):
    """Several migrations begin with the text."""

    code = "HI113"

    def __init__(self, app_label: str, prefix: str, found: Iterable[str]) -> None:
        super().__init__(
            f"several migrations of {app_label!r} begin with {prefix!r}: "
            f"{listing(found)}",
            fix="write more of the name",
        )


class AppNotFound(HistoryError):
    """No app has the label."""

    code = "HI114"

    def __init__(self, app_label: str, known: Iterable[str]) -> None:
        super().__init__(
            f"there is no app {app_label!r}",
            fix=did_you_mean(app_label, known) or "name an app in the configuration",
        )


class InconsistentHistory(HistoryError):
    """A migration is applied, one that it depends on is not."""

    code = "HI115"

    def __init__(self, child: Key, parent: Key, where: str | None = None) -> None:
        self.child, self.parent = child, parent
        super().__init__(
            f"{dotted(child)} is applied, but {dotted(parent)}, which comes before "
            "it, is not",
            where=where,
            fix=f"if its changes are in the database, record it with "
            f"`whimbrel migrate {parent[0]} {parent[1]} --fake`; otherwise correct "
            "the dependencies",
        )


class MixedDirections(HistoryError):
    """A plan would go forwards and backwards."""

    code = "HI116"

    def __init__(self, forwards: Iterable[Key], backwards: Iterable[Key]) -> None:
        super().__init__(
            f"the plan would apply {dotted_listing(forwards)} and undo "
            f"{dotted_listing(backwards)}",
            fix="run two commands, one for each direction",
        )


class AppliedWithoutFile(HistoryError):
    """The database has a migration of which there is no file."""

    code = "HI117"

    def __init__(self, key: Key, replaced_by: Key | None = None) -> None:
        if replaced_by is not None:
            why = f"its file is gone, as {dotted(replaced_by)} replaces it"
            fix = f"name {replaced_by[1]!r} instead, or bring the file back"
        else:
            why = "there is no file of it here"
            fix = (
                "check out the branch that has the file; if it is gone for good, "
                f"remove the record with `whimbrel migrate {key[0]} --prune`"
            )
        super().__init__(f"{dotted(key)} is applied, but {why}", fix=fix)


class SeveralLeaves(HistoryError):
    """An app's history ends in more than one migration."""

    code = "HI118"

    def __init__(self, conflicts: Iterable[tuple[str, Sequence[str]]]) -> None:
        self.conflicts = dict(conflicts)
        ends = [f"{', '.join(names)} in {app}" for app, names in conflicts]
        super().__init__(
            f"the history branches: {'; '.join(sorted(ends))}",
            fix="join the branches with `whimbrel makemigrations --merge`",
        )


class NothingToMerge(HistoryError):
    """An app has one last migration or none."""

    code = "HI119"

    def __init__(self, app_label: str) -> None:
        super().__init__(
            f"the history of app {app_label!r} does not branch",
            fix="leave --merge out",
        )


class NameIsTaken(HistoryError):
    """A file of that name is there already."""

    code = "HI120"

    def __init__(self, file: str) -> None:
        super().__init__(
            "the file exists already",
            where=file,
            fix="choose another name with --name",
        )


class NotAName(HistoryError):
    """A name that cannot be the name of a migration."""

    code = "HI121"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} cannot be part of a migration's name",
            fix="use letters, digits and underscores, no digit first",
        )


class CannotSquash(HistoryError):
    """Migrations that cannot be one."""

    code = "HI122"

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what, fix=fix)


class CannotWrite(HistoryError):
    """A value has no form in Python source that would give it again."""

    code = "HI130"

    def __init__(self, value: object, reason: str, fix: str) -> None:
        kind = f"{type(value).__module__}.{type(value).__qualname__}"
        kind = kind.removeprefix("builtins.")
        super().__init__(
            f"cannot write {shortened(value)} (of type {kind}) into a migration file: "
            f"{reason}",
            fix=fix,
        )


class SerializerOfWrongShape(HistoryError):
    """A registered serializer is no function, or returned no source."""

    code = "HI131"

    def __init__(self, serializer: object, problem: str) -> None:
        super().__init__(
            f"the serializer {serializer!r} {problem}",
            fix="register a function that takes a value and returns source text and "
            "a set of import statements",
        )


class CannotRewrite(HistoryError):
    """The operations of a file cannot be exchanged without touching the rest."""

    code = "HI132"

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(
            f"the operations in the file cannot be written anew: {reason}",
            where=file,
            fix="write them out as a list in the class, or make the change by hand",
        )


def shortened(value: object) -> str:
    """Return *value* in a few words, whatever its `repr` does."""
    try:
        text = repr(value)
    except Exception as error:
        text = f"<unprintable: {error}>"
    return text if len(text) <= 80 else f"{text[:77]}..."
