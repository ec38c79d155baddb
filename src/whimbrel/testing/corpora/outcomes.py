"""
What comes of checking one subject on one database.

Place: `testing.corpora`, lowest part.
"""

from __future__ import annotations

import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

Verdict: TypeAlias = Literal["exact", "needs data", "different", "failed", "impossible"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What came of one subject on one database.

    Args:
        verdict: ``needs data``: exact, but the new release (or, on the way back, the
            old one) has a constraint that old rows cannot satisfy, so that some
            tables could not have any.

        stage: The step that went wrong, or that was the last.

        details: What is different, the error, or the server's reason.

        tables: How many tables the old release has.

        filled: How many of them had rows.

        rows: How many rows there were.
    """

    subject: str
    database: str
    verdict: Verdict
    stage: str = ""
    details: tuple[str, ...] = ()
    tables: int = 0
    filled: int = 0
    rows: int = 0


class Impossible(Exception):
    """`create_all` cannot make this schema on this database."""


class Different(Exception):
    """Something is not what it should be."""

    def __init__(self, found: list[str]) -> None:
        super().__init__("\n".join(found))
        self.found = found


@dataclass(slots=True)
class Work:
    """
    What is being done now.

    Args:
        folder: For the migrations.

        needs: Why a data migration is needed, for each table.

        notes: What else the report says.
    """

    folder: Path
    stage: str = ""
    needs: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tables: int = 0
    filled: int = 0
    rows: int = 0


def checked(subject: str, database: str, run: Callable[[Work], None]) -> Outcome:
    """Return what comes of *run*."""
    with tempfile.TemporaryDirectory(prefix="whimbrel-corpora-") as folder:
        work = Work(Path(folder))
        verdict, details = _run(work, run)
    if verdict == "exact" and work.needs:
        verdict = "needs data"
    return Outcome(
        subject=subject,
        database=database,
        verdict=verdict,
        stage="" if verdict in {"exact", "needs data"} else work.stage,
        details=(*details, *work.needs, *work.notes),
        tables=work.tables,
        filled=work.filled,
        rows=work.rows,
    )


def _run(work: Work, run: Callable[[Work], None]) -> tuple[Verdict, tuple[str, ...]]:
    try:
        run(work)
    except Impossible as reason:
        work.stage = "create_all"
        return "impossible", (str(reason),)
    except Different as error:
        return "different", tuple(error.found)
    except Exception as error:
        return "failed", _told(error)
    return "exact", ()


def _told(error: Exception) -> tuple[str, ...]:
    """Return an error in a few lines: its text, and where it comes from."""
    text = f"{type(error).__name__}: {error}".strip().splitlines()[:6]
    last = traceback.extract_tb(error.__traceback__)[-1]
    return (*text, f"in {last.filename}:{last.lineno} {last.name}")
