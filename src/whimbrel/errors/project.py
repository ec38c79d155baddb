"""
Errors of the project layer: configuration, sources and databases.

Place: `errors`, for `project`. Each class builds its own text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from whimbrel.errors.base import WhimbrelError, did_you_mean, listing


class ConfigurationNotFound(WhimbrelError):
    """No file with a configuration in the folder or above it."""

    code = "PR101"

    def __init__(self, folder: str) -> None:
        super().__init__(
            "no configuration found",
            where=f"{folder} and the folders above it",
            fix="run `whimbrel init` in the project's folder, or name a file "
            "with --config",
        )


class ConfigurationInvalid(WhimbrelError):
    """The configuration does not say what it must."""

    code = "PR102"

    def __init__(self, what: str, *, file: str, fix: str | None = None) -> None:
        super().__init__(what, where=file, fix=fix)


class UnknownSetting(WhimbrelError):
    """The configuration has a key that means nothing."""

    code = "PR103"

    def __init__(self, key: str, table: str, known: Iterable[str], file: str) -> None:
        self.key = key
        inside = f" in [{table}]" if table else ""
        super().__init__(
            f"unknown setting {key!r}{inside}",
            where=file,
            fix=did_you_mean(key, known),
        )


class ConfigurationExists(WhimbrelError):
    """`init` found a configuration and leaves it alone."""

    code = "PR104"

    def __init__(self, file: str) -> None:
        super().__init__(
            "there is a configuration already",
            where=file,
            fix="edit it by hand, or remove it and run `whimbrel init` again",
        )


class UnknownDatabase(WhimbrelError):
    """An alias that the configuration does not have."""

    code = "PR105"

    def __init__(self, alias: str, known: Iterable[str]) -> None:
        super().__init__(
            f"no database is called {alias!r}", fix=did_you_mean(alias, known)
        )


class UnknownApp(WhimbrelError):
    """A label that the configuration does not have."""

    code = "PR106"

    def __init__(self, label: str, known: Iterable[str]) -> None:
        names = list(known)
        last = label.rpartition(".")[2]
        super().__init__(
            f"no app is called {label!r}",
            fix=did_you_mean(last if last in names else label, names)
            or "name the project's apps under [tool.whimbrel.apps]",
        )


class UrlInvalid(WhimbrelError):
    """A database URL that cannot be read; its text may hold a password."""

    code = "PR107"

    def __init__(self, alias: str, problem: str, *, where: str | None) -> None:
        super().__init__(
            f"the URL of database {alias!r} cannot be used: {problem}",
            where=where,
            fix='write it as "postgresql://user:password@host/name", '
            '"mysql://…" or "sqlite:///file.sqlite3"',
        )


class DriverMissing(WhimbrelError):
    """The URL's driver is not installed."""

    code = "PR108"

    def __init__(
        self, alias: str, driver: str, *, install: str, url: str | None = None
    ) -> None:
        super().__init__(
            f"the driver {driver!r} of database {alias!r} is not installed",
            where=url,
            fix=f"run `pip install {install}`",
        )


class DatabaseUnreachable(WhimbrelError):
    """The database does not answer, or does not let us in."""

    code = "PR109"
    exit_code: ClassVar[int] = 4

    def __init__(self, alias: str, url: str, reason: str, *, fix: str) -> None:
        super().__init__(
            f"database {alias!r} cannot be reached: {reason}", where=url, fix=fix
        )


class EnvironmentMissing(WhimbrelError):
    """A URL that is to come from the environment, and does not."""

    code = "PR110"

    def __init__(self, alias: str, variable: str, file: str | None) -> None:
        super().__init__(
            f"the environment variable {variable!r} that holds the URL of "
            f"database {alias!r} is not set",
            where=file,
            fix=f"set {variable}, for instance "
            f"{variable}=postgresql://user:password@host/name",
        )


class ModelsNotImportable(WhimbrelError):
    """A models module raises while it is imported."""

    code = "PR111"

    def __init__(
        self, app: str, module: str, problem: str, *, where: str | None
    ) -> None:
        super().__init__(
            f"the models of app {app!r} cannot be imported: {problem}",
            where=where or module,
            fix=f"make `python -c 'import {module}'` work, then run this again",
        )


class ModelsNotFound(WhimbrelError):
    """A configured models module, attribute or package is not there."""

    code = "PR112"

    def __init__(self, what: str, *, where: str, fix: str) -> None:
        super().__init__(what, where=where, fix=fix)


class AnswersNeeded(WhimbrelError):
    """Detection has questions, and nobody to ask."""

    code = "PR113"
    exit_code: ClassVar[int] = 3

    def __init__(self, questions: Sequence[tuple[str, str, str]]) -> None:
        self.identities = tuple(identity for identity, _, _ in questions)
        many = len(questions) != 1
        lines = [
            f"{'answers are' if many else 'an answer is'} needed; nothing was written"
        ]
        lines += [f"  {identity}: {text}" for identity, text, _ in questions]
        advice = ["run this in a terminal, or answer with --answer or --answers:"]
        advice += [
            f"  --answer {quoted(identity + '=' + sample)}"
            for identity, _, sample in questions
        ]
        super().__init__("\n".join(lines), fix="\n".join(advice))


class AnswerInvalid(WhimbrelError):
    """An answer that cannot be understood."""

    code = "PR114"

    def __init__(self, identity: str, problem: str, *, fix: str) -> None:
        self.identity, self.problem = identity, problem
        super().__init__(f"the answer to {identity!r} {problem}", fix=fix)


class AnswersUnreadable(WhimbrelError):
    """The file of answers cannot be read."""

    code = "PR115"

    def __init__(self, file: str, problem: str) -> None:
        super().__init__(
            f"the answers cannot be read: {problem}",
            where=file,
            fix='write JSON or TOML: {"default:shop.Order.status": "\'new\'"}',
        )


class NoMigrations(WhimbrelError):
    """An app that is named as a target and has no migrations."""

    code = "PR118"

    def __init__(self, app: str) -> None:
        super().__init__(
            f"app {app!r} has no migrations",
            fix=f"run `whimbrel makemigrations {app}`",
        )


class NothingFound(WhimbrelError):
    """`init` found no models anywhere."""

    code = "PR119"

    def __init__(self, folder: str, failed: Iterable[str]) -> None:
        broken = list(failed)
        tried = f" (could not import {listing(broken)})" if broken else ""
        super().__init__(
            f"no models found{tried}",
            where=folder,
            fix="make a package with a models.py, or write [tool.whimbrel.apps] "
            'by hand: library = "library"',
        )


class OptionsClash(WhimbrelError):
    """Two options that exclude each other, or one that lacks another."""

    code = "PR120"

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what, fix=fix)


class ConfigurationUnwritable(WhimbrelError):
    """A file that must be written cannot be."""

    code = "PR121"

    def __init__(self, file: str, problem: str) -> None:
        super().__init__(
            f"the file cannot be written: {problem}",
            where=file,
            fix="check the folder's permissions",
        )


class ReferenceNotFound(WhimbrelError):
    """A foreign key leads to a table or column that no app has."""

    code = "PR122"

    def __init__(
        self, table: str, target: str, missing: str, known: Iterable[str]
    ) -> None:
        super().__init__(
            f"a foreign key of table {table!r} leads to {target!r}, but there is no "
            f"{missing!r}",
            where=f"table {table}",
            fix=did_you_mean(missing, known),
        )


class ModelWithoutApp(WhimbrelError):
    """A model of the project that no configured app has."""

    code = "PR123"

    def __init__(self, label: str, module: str) -> None:
        app = label.partition(".")[0]
        super().__init__(
            f"model {label!r} belongs to the app {app!r}, which is not configured",
            where=module,
            fix=f"add {app!r} under [tool.whimbrel.apps], or write app_label = … of a "
            "configured app into the model's Meta",
        )


class PythonInScript(WhimbrelError):
    """A script would record a migration whose Python code it cannot run."""

    code = "PR124"

    def __init__(self, app: str, name: str) -> None:
        super().__init__(
            f"{app}.{name} runs Python code, which no script can do, and would be "
            "recorded all the same",
            where=f"{app}.{name}",
            fix="print what comes before it, let whimbrel migrate do this one, and "
            "print what comes after it (FROM:TO)",
        )


def quoted(text: str) -> str:
    """Return *text* in single quotes, as a shell takes it."""
    return "'" + text.replace("'", "'\"'\"'") + "'"
