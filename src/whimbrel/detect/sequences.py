"""
Sequences that stand alone.

Place: `detect`, above `comparison`.
"""

from __future__ import annotations

from collections.abc import Iterator

from whimbrel.detect.comparison import Comparison
from whimbrel.detect.script import Draft
from whimbrel.migrations import AlterSequence, CreateSequence, DeleteSequence


def compare_sequences(comparison: Comparison) -> Iterator[Draft]:
    """Yield what turns the old sequences into the new ones."""
    before, after = comparison.before.sequences, comparison.after.sequences
    for app_label, name in sorted(before):
        if (app_label, name) not in after:
            yield comparison.app_draft(app_label, DeleteSequence(name))
    for key, sequence in sorted(after.items(), key=lambda item: item[0]):
        if key not in before:
            yield comparison.app_draft(key[0], CreateSequence(sequence))
        elif before[key] != sequence:
            yield comparison.app_draft(key[0], AlterSequence(sequence))
