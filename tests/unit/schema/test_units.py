"""Units of statements, their order, and the circles that are opened."""

from __future__ import annotations

import pytest

from whimbrel.errors.schema import CannotBeOrdered
from whimbrel.migrations.effects import Effects, Resource
from whimbrel.schema.statement import Statement
from whimbrel.schema.units import Names, Phase, Unit, in_order, on_the_way, unused


def named(*names: str) -> frozenset[Resource]:
    return frozenset(("name", name) for name in names)


def unit(does: str, phase: Phase = Phase.CHANGES, **effects: Names) -> Unit:
    statement = Statement(sql=does, does=does)
    return Unit(phase=phase, statements=(statement,), effects=Effects(**effects))


def texts(*units: Unit) -> list[str]:
    return [statement.sql for statement in in_order(units)]


def rename(old: str, new: str) -> Unit:
    def steps(*way: str) -> list[Unit]:
        empty = Unit(phase=Phase.TABLE_NAMES, statements=())
        return list(on_the_way(empty, way, named, spelled))

    def spelled(old: str, new: str) -> list[Statement]:
        return [Statement(sql=f"{old} > {new}")]

    [whole] = steps(old, new)
    return Unit(
        phase=whole.phase,
        statements=whole.statements,
        effects=whole.effects,
        otherwise=lambda taken: steps(old, unused(old, named, taken), new),
    )


def test_what_nothing_orders_runs_phase_by_phase() -> None:
    assert texts(
        unit("index", Phase.INDEXES),
        unit("table", Phase.TABLES),
        unit("another", Phase.INDEXES),
    ) == ["table", "index", "another"]


def test_a_name_is_freed_before_it_is_taken() -> None:
    assert texts(
        unit("take", Phase.TABLES, makes=named("a")),
        unit("free", Phase.TYPES_OFF, removes=named("a")),
    ) == ["free", "take"]


def test_the_statements_of_a_unit_stay_together() -> None:
    both = Unit(
        phase=Phase.TABLES, statements=(Statement(sql="one"), Statement(sql="two"))
    )

    assert texts(unit("before", Phase.TYPES), both, unit("after")) == [
        *("before", "one", "two", "after")
    ]


def test_a_unit_without_statements_is_none() -> None:
    nothing = Unit(phase=Phase.TYPES, statements=(), effects=Effects(makes=named("a")))

    assert texts(nothing, unit("take", makes=named("a"))) == ["take"]


def test_names_that_change_places_go_by_a_name_aside() -> None:
    assert texts(rename("a", "b"), rename("b", "a")) == [
        *("a > whimbrel_old_a", "b > a", "whimbrel_old_a > b")
    ]


def test_two_circles_are_opened_each() -> None:
    assert texts(
        *(rename("a", "b"), rename("c", "d"), rename("b", "a"), rename("d", "c"))
    ) == [
        *("a > whimbrel_old_a", "c > whimbrel_old_c", "b > a"),
        *("whimbrel_old_a > b", "d > c", "whimbrel_old_c > d"),
    ]


def test_a_name_aside_is_one_that_nobody_has() -> None:
    """Also if something was left over from a change that failed half-way."""
    assert texts(
        rename("a", "b"),
        rename("b", "a"),
        unit("mine", Phase.TABLES_OFF, removes=named("whimbrel_old_a")),
    ) == [
        *("mine", "a > whimbrel_old_2_a", "b > a", "whimbrel_old_2_a > b"),
    ]


def test_a_circle_that_nothing_opens_is_an_error() -> None:
    with pytest.raises(CannotBeOrdered) as caught:
        texts(
            unit("one", makes=named("a"), removes=named("b")),
            unit("two", makes=named("b"), removes=named("a")),
            unit("three"),
        )

    assert "[SC106]" in str(caught.value)
    assert caught.value.changes == ("one", "two")
