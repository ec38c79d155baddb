"""
Outcomes as a table for people, or as JSON.

Place: `testing.corpora`, above `check`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from whimbrel.testing.corpora.check import Outcome

_WORDS = {
    "exact": "exact",
    "different": "NOT EXACT",
    "failed": "FAILED",
    "impossible": "not possible",
}


def is_good(outcome: Outcome) -> bool:
    """Tell whether nothing of ours went wrong."""
    return outcome.verdict in {"exact", "impossible"}


def table(outcomes: Sequence[Outcome], databases: Sequence[str]) -> str:
    """Return one line for each subject with a column for each database."""
    subjects = list(dict.fromkeys(outcome.subject for outcome in outcomes))
    found = {(o.subject, o.database): o for o in outcomes}
    width = max((len(subject) for subject in subjects), default=0)
    lines = [_line("", databases, width)]
    for subject in subjects:
        cells = [_cell(found.get((subject, database))) for database in databases]
        lines.append(_line(subject, cells, width))
    return "\n".join(lines)


def _line(subject: str, cells: Iterable[str], width: int) -> str:
    return f"{subject:{width}}  {'  '.join(f'{cell:24}' for cell in cells)}".rstrip()


def _cell(outcome: Outcome | None) -> str:
    if outcome is None:
        return "-"
    word = _WORDS[outcome.verdict]
    stage = outcome.stage if outcome.verdict in {"different", "failed"} else ""
    return f"{word} ({stage})"[:24] if stage else word


def details(outcomes: Iterable[Outcome], limit: int) -> str:
    """Return what is wrong, and what is not possible, with at most *limit* lines."""
    lines = []
    for outcome in outcomes:
        if outcome.verdict == "exact":
            continue
        word = _WORDS[outcome.verdict]
        lines.append(
            f"{outcome.subject} on {outcome.database}: {word}, {outcome.stage}"
        )
        lines += [f"    {text}" for text in outcome.details[:limit]]
        more = len(outcome.details) - limit
        if more > 0:
            lines.append(f"    … and {more} more")
    return "\n".join(lines)


def totals(outcomes: Iterable[Outcome]) -> dict[str, dict[str, dict[str, int]]]:
    """Return database → releases or pairs → verdict → how many."""
    counts: dict[str, dict[str, Counter[str]]] = {}
    for outcome in outcomes:
        kind = "pairs" if ">" in outcome.subject else "releases"
        of_database = counts.setdefault(outcome.database, {})
        of_database.setdefault(kind, Counter())[outcome.verdict] += 1
    return {
        database: {kind: dict(count) for kind, count in kinds.items()}
        for database, kinds in counts.items()
    }


def totals_text(outcomes: Iterable[Outcome]) -> str:
    """Return the totals, a line for each database and kind of subject."""
    lines = []
    for database, kinds in totals(outcomes).items():
        for kind, count in kinds.items():
            exact = count.get("exact", 0)
            impossible = count.get("impossible", 0)
            possible = sum(count.values()) - impossible
            share = f"{exact / possible:.0%}" if possible else "-"
            lines.append(
                f"{database}: {exact} of {possible} {kind} exact ({share}),"
                f" {impossible} not possible there"
            )
    return "\n".join(lines)


def as_json(outcomes: Sequence[Outcome]) -> str:
    """Return all outcomes and the totals as JSON."""
    said = {"outcomes": [asdict(o) for o in outcomes], "totals": totals(outcomes)}
    return json.dumps(said, indent=2)
