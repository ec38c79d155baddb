"""
Real schemas as tests: every release, and every step from one to the next.

Place: `testing`, above `journey`, `catalog` and `databases`. Run it with
``python -m whimbrel.testing.corpora DIR``.
"""

from __future__ import annotations

from whimbrel.testing.corpora.check import check_pair, check_release
from whimbrel.testing.corpora.outcomes import Outcome
from whimbrel.testing.corpora.releases import Release, pairs_of, releases_in

__all__ = [
    "Outcome",
    "Release",
    "check_pair",
    "check_release",
    "pairs_of",
    "releases_in",
]
