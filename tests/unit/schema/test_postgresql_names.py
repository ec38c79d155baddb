"""Names as PostgreSQL chooses them; the server itself is asked in tests/schema."""

from __future__ import annotations

import pytest

from whimbrel.schema.objects import Constraint, ForeignKey, Table
from whimbrel.schema.postgresql.names import object_name, sequence_name, with_names


@pytest.mark.parametrize(
    ("first", "second", "label", "name"),
    [
        pytest.param("book", None, "pkey", "book_pkey", id="a key"),
        pytest.param("book", "title", "key", "book_title_key", id="unique"),
        pytest.param(
            "t" * 60, None, "pkey", "t" * 58 + "_pkey", id="a long table is cut"
        ),
        pytest.param(
            "t" * 60,
            "short",
            "key",
            "t" * 53 + "_short_key",
            id="the longer part is cut first",
        ),
        pytest.param(
            "t" * 40,
            "c" * 40,
            "fkey",
            "t" * 29 + "_" + "c" * 28 + "_fkey",
            id="then both",
        ),
        pytest.param(
            "ä" * 40, None, "pkey", "ä" * 29 + "_pkey", id="no character is broken"
        ),
    ],
)
def test_a_name_is_cut_as_postgresql_cuts_it(
    first: str, second: str | None, label: str, name: str
) -> None:
    made = object_name(first, second, label)

    assert made == name
    assert len(made.encode()) <= 63


def test_a_sequence_is_named_after_its_column() -> None:
    assert sequence_name("book", "id") == "book_id_seq"


def test_names_are_given_in_postgresql_s_order_and_numbered() -> None:
    table = Table(
        name="t",
        primary_key=Constraint(
            kind="primary_key", name=None, sql="PRIMARY KEY (id)", columns=("id",)
        ),
        constraints=(
            Constraint(kind="check", name=None, sql="CHECK (a > 0)", columns=("a",)),
            Constraint(kind="check", name=None, sql="CHECK (a > 1)", columns=("a",)),
            Constraint(
                kind="check", name=None, sql="CHECK (a > b)", columns=("a", "b")
            ),
            Constraint(kind="unique", name="mine", sql="UNIQUE (a)", columns=("a",)),
            Constraint(
                kind="unique", name=None, sql="UNIQUE (a, b)", columns=("a", "b")
            ),
        ),
        foreign_keys=(
            ForeignKey(
                name=None,
                columns=("a",),
                target=(None, "t"),
                target_columns=("id",),
            ),
        ),
    )

    named = with_names(table)

    assert named.primary_key is not None
    assert named.primary_key.name == "t_pkey"
    assert [c.name for c in named.constraints] == [
        "t_a_check",
        "t_a_check1",
        "t_check",
        "mine",
        "t_a_b_key",
    ]
    assert [f.name for f in named.foreign_keys] == ["t_a_fkey"]
