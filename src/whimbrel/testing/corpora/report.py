"""
Outcomes as a table for people, or as JSON.

Place: `testing.corpora`, above `check`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from whimbrel.testing.corpora.outcomes import Outcome

_WORDS = {
    "exact": "exact",
    "needs data": "exact, needs data",
    "different": "NOT EXACT",
    "failed": "FAILED",
    "impossible": "not possible",
}


def is_good(outcome: Outcome) -> bool:
    """Tell whether nothing of ours went wrong."""
    return outcome.verdict in {"exact", "needs data", "impossible"}


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
        if outcome.verdict == "exact" and not outcome.details:
            continue
        said = ", ".join(filter(None, (_WORDS[outcome.verdict], outcome.stage)))
        lines.append(f"{outcome.subject} on {outcome.database}: {said}")
        lines += [f"    {text}" for text in outcome.details[:limit]]
        more = len(outcome.details) - limit
        if more > 0:
            lines.append(f"    … and {more} more")
    return "\n".join(lines)


def totals(outcomes: Iterable[Outcome]) -> dict[str, dict[str, dict[str, int]]]:
    """Return database → releases or pairs → verdict → how many; tables and rows."""
    counts: dict[str, dict[str, Counter[str]]] = {}
    for outcome in outcomes:
        kind = "pairs" if ">" in outcome.subject else "releases"
        count = counts.setdefault(outcome.database, {}).setdefault(kind, Counter())
        count[outcome.verdict] += 1
        for name in ("tables", "filled", "rows"):
            count[name] += getattr(outcome, name)
    return {
        database: {kind: dict(count) for kind, count in kinds.items()}
        for database, kinds in counts.items()
    }


def totals_text(outcomes: Iterable[Outcome]) -> str:
    """Return the totals, a line for each database and kind of subject."""
    return "\n".join(
        f"{database}: {_total(kind, count)}"
        for database, kinds in totals(outcomes).items()
        for kind, count in kinds.items()
    )


def _total(kind: str, count: Mapping[str, int]) -> str:
    needs = count.get("needs data", 0)
    exact = count.get("exact", 0) + needs
    wrong = count.get("different", 0) + count.get("failed", 0)
    share = f"{exact / (exact + wrong):.0%}" if exact + wrong else "-"
    text = f"{exact} of {exact + wrong} {kind} exact ({share})"
    if kind == "pairs":
        text += (
            f" with {count['rows']} rows in {count['filled']} of {count['tables']}"
            f" tables, {needs} of them need data"
        )
    return f"{text}, {count.get('impossible', 0)} not possible there"


def as_json(outcomes: Sequence[Outcome]) -> str:
    """Return all outcomes and the totals as JSON."""
    said = {"outcomes": [asdict(o) for o in outcomes], "totals": totals(outcomes)}
    return json.dumps(said, indent=2)
