"""Errors of running migrations."""

from __future__ import annotations

from collections.abc import Iterable

from whimbrel.errors.base import LISTED, WhimbrelError, listing


class ExecuteError(WhimbrelError):
    """Base of the errors of running migrations."""

    code = "EX100"
    exit_code = 4


class DatabaseRefused(ExecuteError):
    """
    The database refused a statement.

    Args:
        fix: What to do, where more is known than usual.
    """

    code = "EX101"

    def __init__(
        self,
        sql: str,
        reason: str,
        where: str | None = None,
        *,
        fix: str | None = None,
    ) -> None:
        self.sql, self.reason = sql, reason
        super().__init__(
            f"the database refused a statement: {reason}\n  {sql}",
            where=where,
            fix=fix
            or "correct the data or the migration and run it again; "
            "what was applied before is recorded",
        )


class NameNotFound(ExecuteError):
    """An object without a known name is not in the database."""

    code = "EX102"

    def __init__(self, kind: str, table: str, columns: Iterable[str]) -> None:
        super().__init__(
            f"table {table!r} has no {kind.replace('_', ' ')} over "
            f"({', '.join(columns)})",
            fix="the database differs from what the migrations say; compare them",
        )


class NameAmbiguous(ExecuteError):
    """Several objects fit where one was meant."""

    code = "EX103"

    def __init__(
        self, kind: str, table: str, columns: Iterable[str], names: Iterable[str]
    ) -> None:
        super().__init__(
            f"table {table!r} has several {kind.replace('_', ' ')} objects over "
            f"({', '.join(columns)}): {listing(names)}",
            fix="drop the superfluous ones, or give yours a name",
        )


class ForeignKeyViolated(ExecuteError):
    """Rows refer to rows that are no longer there after the change."""

    code = "EX104"

    def __init__(self, rows: Iterable[object]) -> None:
        self.rows = tuple(rows)
        lines = [f"\n  {row}" for row in self.rows[:LISTED]]
        if len(self.rows) > LISTED:
            lines.append(f"\n  … and {len(self.rows) - LISTED} more")
        super().__init__(
            "the change leaves rows that refer to rows that do not exist, and was "
            f"taken back:{''.join(lines)}",
            fix="mend or delete these rows, then run the migration again",
        )


class DataStepFailed(ExecuteError):
    """The Python code of a migration raised an error."""

    code = "EX105"

    def __init__(self, error: BaseException, where: str | None = None) -> None:
        self.error = error
        super().__init__(
            f"the migration's own code failed: {type(error).__name__}: {error}",
            where=where,
            fix="correct the code and run the migration again; "
            "--traceback shows where it failed",
        )


class RowsNotReached(ExecuteError):
    """Rows that were to get a value each did not, or others got it too."""

    code = "EX110"

    def __init__(self, does: str, wanted: int, reached: int) -> None:
        self.wanted, self.reached = wanted, reached
        super().__init__(
            f"{does}: {wanted} rows were to get a value, and {reached} did",
            fix="look for a trigger, a rule or a policy that keeps rows from being "
            "changed, or for child tables; or fill the column in a data migration",
        )


class RowsInTheWay(ExecuteError):
    """
    Rows would make a change fail, or be spoiled by it.

    Args:
        subjects: (model in lower case, names of fields and constraints) that the
            findings are about.
    """

    code = "EX107"

    def __init__(
        self,
        findings: Iterable[str],
        fixes: Iterable[str],
        subjects: Iterable[tuple[str, frozenset[str]]] = (),
    ) -> None:
        self.findings = tuple(findings)
        self.subjects = tuple(subjects)
        lines = "".join(f"\n  {finding}" for finding in self.findings)
        mend = "mend or delete these rows, by hand or in a data migration before"
        super().__init__(
            f"rows stand in the way of a change, which was not begun:{lines}",
            fix="; or ".join((mend, *dict.fromkeys(fixes))),
        )


class DependentObjects(ExecuteError):
    """
    Objects that no model knows depend on what a change takes away or retypes.

    Args:
        found: In words, in the order in which they could be made.

        remedies: (what drops it, what makes it again), likewise.
    """

    code = "EX108"

    def __init__(
        self, found: Iterable[str], remedies: Iterable[tuple[str, str]] = ()
    ) -> None:
        self.findings = tuple(found)
        self.remedies = tuple(remedies)
        lines = "".join(f"\n  {item}" for item in self.findings)
        super().__init__(
            "objects that no model knows depend on what changes; the change was not "
            f"begun:{lines}",
            fix="drop them in a RunSQL before this change, and make them anew in one "
            "after it" + self._spelled(),
        )

    def _spelled(self) -> str:
        """Return the operations to paste, as the objects are now."""
        if not self.remedies:
            return ""
        drops = "\n".join(f"{drop};" for drop, _ in reversed(self.remedies))
        makes = "\n".join(f"{make};" for _, make in self.remedies)
        texts = [_literal(drops), _literal(makes)]
        before = f"migrations.RunSQL(\n{texts[0]},\n{texts[1]},\n),"
        after = f"migrations.RunSQL(\n{texts[1]},\n{texts[0]},\n),"
        return f":\n{before}\n# the change, and then:\n{after}"


class StrangersInTable(ExecuteError):
    """
    A table has parts that no model knows, and the change would lose them.

    Args:
        found: Table and part, in words.

        held: They would not be lost, but the database refuses the change.
    """

    code = "EX109"

    def __init__(self, found: Iterable[str], *, held: bool = False) -> None:
        self.findings = tuple(found)
        lines = "".join(f"\n  {item}" for item in self.findings)
        why = "stand in the way of a change" if held else "would be lost by a change"
        super().__init__(
            f"parts of a table that no model knows {why}, which was not begun:{lines}",
            fix="let the models have them, and say so before this change by operations "
            "in SeparateDatabaseAndState(state_operations=[…]); or take them away "
            "before, in a RunSQL or by hand",
        )


class NotBegun(ExecuteError):
    """The database does not let a transaction begin, as somebody else holds it."""

    code = "EX111"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"no transaction could be begun: {reason}",
            fix="somebody else writes to the database: run again when that has "
            "ended, or let the driver wait longer (?timeout=60 in a SQLite URL)",
        )


class DoneMeanwhile(ExecuteError):
    """Another run has done some of what this one was about to do as one."""

    code = "EX112"

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(
            f"another run has been at work meanwhile, on {listing(names)}",
            fix="run it again: it goes on from there",
        )


class NoConnection(ExecuteError):
    """Something that needs a database was asked for while printing SQL."""

    code = "EX106"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} needs a database, and none is connected while SQL is printed",
            fix="run the migration itself, or use schema_editor.execute only",
        )


def _literal(text: str) -> str:
    """Return *text* as Python writes it, over several lines where that is safe."""
    if "\\" in text or '"""' in text:
        return repr(text)
    return f'"""\n{text}\n"""'
