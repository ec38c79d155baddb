"""The order of renames, and what a table is like after them."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from whimbrel.schema.change import SchemaChange, TableChange
from whimbrel.schema.objects import Column, ForeignKey, Table
from whimbrel.schema.renames import Name, Renames, column_moves, rename_steps

NAMES = st.sampled_from("abcdef")


def name(text: str) -> Name:
    return (None, text)


@given(
    st.dictionaries(NAMES, NAMES).filter(
        lambda moves: len(set(moves.values())) == len(moves)
    )
)
def test_no_step_takes_a_name_in_use(moves: Mapping[str, str]) -> None:
    """Every source ends under its target's name, whatever circles there are."""
    rows = {old: old for old in moves}

    for (_, old), (_, new) in rename_steps(
        {name(old): name(new) for old, new in moves.items()}
    ):
        assert new not in rows
        rows[new] = rows.pop(old)

    assert rows == {new: old for old, new in moves.items()}


def test_a_dropped_column_makes_room_for_another_s_new_name() -> None:
    change = TableChange(
        before=Table(
            name="t",
            columns=(Column(name="a", type="INT"), Column(name="b", type="INT")),
        ),
        after=Table(name="t", columns=(Column(name="b", type="INT"),)),
        renamed={"a": "b"},
    )

    assert column_moves(change) == {"a": "b", "b": "whimbrel_old_b"}


def test_foreign_keys_follow_their_target() -> None:
    target = TableChange(
        before=Table(name="a", columns=(Column(name="id", type="INT"),)),
        after=Table(name="b", columns=(Column(name="nr", type="INT"),)),
        renamed={"id": "nr"},
    )
    child = Table(
        name="c",
        foreign_keys=(
            ForeignKey(
                name="fk",
                columns=("a_id",),
                target=(None, "a"),
                target_columns=("id",),
            ),
        ),
    )

    moved = Renames.of(SchemaChange(tables=(target,)), lambda text: text).follow(child)

    assert moved.foreign_keys == (
        ForeignKey(
            name="fk",
            columns=("a_id",),
            target=(None, "b"),
            target_columns=("nr",),
        ),
    )
