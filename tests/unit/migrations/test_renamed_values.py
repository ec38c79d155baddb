"""`AlterField(renamed_values=…)` is held against the enumerations on both sides."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from whimbrel.errors.migrations import ValueNotRenamed, ValuesDecidedTwice
from whimbrel.migrations import AlterField
from whimbrel.reflect.metadata import table_state
from whimbrel.state.project import ProjectState


def state(*values: str) -> ProjectState:
    column = sa.Column("status", sa.Enum(*values, name="status"))
    table = sa.Table("order", sa.MetaData(), sa.Column("id", sa.Integer), column)
    return ProjectState.of([table_state(table, "shop", "order")])


def altered(before: tuple[str, ...], after: tuple[str, ...], **values: str) -> None:
    column = sa.Column(sa.Enum(*after, name="status"))
    operation = AlterField("order", "status", column, renamed_values=values)
    operation.state_forwards("shop", state(*before))


@pytest.mark.parametrize(
    ("before", "after", "values"),
    [
        pytest.param(("a", "c"), ("b", "c"), {"a": "b"}, id="one"),
        pytest.param(("a", "b"), ("b", "a"), {"a": "b", "b": "a"}, id="exchanged"),
        pytest.param(("a",), ("a", "b"), {"a": "b"}, id="and a new one of that name"),
    ],
)
def test_what_can_be_renamed(
    before: tuple[str, ...], after: tuple[str, ...], values: dict[str, str]
) -> None:
    altered(before, after, **values)


@pytest.mark.parametrize(
    ("before", "after", "values", "problem"),
    [
        pytest.param(("a",), ("b",), {"x": "b"}, "no value 'x' before", id="no old"),
        pytest.param(
            ("a",), ("b",), {"a": "x"}, "no value 'x' afterwards", id="no new"
        ),
        pytest.param(
            ("a", "b"), ("c",), {"a": "c", "b": "c"}, "would become 'c'", id="merged"
        ),
        pytest.param(("a", "b"), ("b",), {"a": "b"}, "mixed up", id="taken"),
    ],
)
def test_what_cannot_be_renamed_is_refused(
    before: tuple[str, ...],
    after: tuple[str, ...],
    values: dict[str, str],
    problem: str,
) -> None:
    """A misspelt value would else be dropped in silence, with the rows that have it."""
    with pytest.raises(ValueNotRenamed, match=problem):
        altered(before, after, **values)


def test_an_expression_beside_renamed_values_is_refused() -> None:
    """Both say what becomes of the values, and one would win in silence."""
    operation = AlterField(
        "order",
        "status",
        sa.Column(sa.Enum("b", name="status")),
        using="upper(status)",
        renamed_values={"a": "b"},
    )
    with pytest.raises(ValuesDecidedTwice, match=r"of order\.status both say"):
        operation.state_forwards("shop", state("a"))


def test_the_description_names_the_values() -> None:
    column = sa.Column(sa.Enum("b", name="status"))
    operation = AlterField("order", "status", column, renamed_values={"a": "b"})

    assert operation.describe() == (
        "Alter field status on order and rename its values a to b"
    )
