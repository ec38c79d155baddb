"""What a constraint or an index says is read from its SQL, or not at all."""

from __future__ import annotations

import pytest

from whimbrel.schema.index_text import KeyText, condition_of, key_text


@pytest.mark.parametrize(
    ("sql", "key"),
    [
        ("UNIQUE (a, b)", KeyText(elements=("a", "b"))),
        ('PRIMARY KEY ("order")', KeyText(elements=('"order"',))),
        ("(a DESC, lower(b))", KeyText(elements=("a", "lower(b)"))),
        ("(a ASC NULLS FIRST)", KeyText(elements=("a",))),
        ("USING btree (a varchar_pattern_ops)", KeyText(elements=("a",))),
        ("((a || ', ' || b))", KeyText(elements=("(a || ', ' || b)",))),
        ("(a COLLATE NOCASE)", KeyText(elements=("a COLLATE NOCASE",))),
        ("(a) WHERE b > 0", KeyText(elements=("a",), condition="b > 0")),
        ("(a) INCLUDE (b)", KeyText(elements=("a",))),
        (
            "UNIQUE NULLS NOT DISTINCT (a)",
            KeyText(elements=("a",), nulls_distinct=False),
        ),
        ("(a) NULLS NOT DISTINCT", KeyText(elements=("a",), nulls_distinct=False)),
        ("what", None),
    ],
)
def test_keys(sql: str, key: KeyText | None) -> None:
    assert key_text(sql) == key


@pytest.mark.parametrize(
    ("sql", "condition"),
    [
        ("CHECK (a > 0)", "a > 0"),
        ("CHECK ((a > 0) AND (b <> ')'))", "(a > 0) AND (b <> ')')"),
        ("CHECK (a > 0) NOT VALID", None),
        ("CHECK (a > 0) NOT ENFORCED", None),
    ],
)
def test_conditions(sql: str, condition: str | None) -> None:
    assert condition_of(sql) == condition
