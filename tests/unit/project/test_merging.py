"""Joining the branches of a history: without a question where nothing clashes."""

from __future__ import annotations

from collections.abc import Sequence

from whimbrel import migrations, models
from whimbrel.history.history import History
from whimbrel.migrations.migration import Migration
from whimbrel.project.merging import branches_of, conflicting, question

FIRST = Migration.of(
    "shop",
    "0001_initial",
    operations=[
        migrations.CreateModel(
            "Order",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("status", models.CharField(max_length=10)),
            ],
        )
    ],
)


def branch(
    name: str,
    *operations: migrations.Operation,
    after: Sequence[str] = ("0001_initial",),
) -> Migration:
    return Migration.of(
        "shop",
        name,
        operations=operations,
        dependencies=[("shop", parent) for parent in after],
    )


def field(name: str) -> migrations.Operation:
    return migrations.AddField("Order", name, models.IntegerField(null=True))


def wider(length: int) -> migrations.Operation:
    return migrations.AlterField("Order", "status", models.CharField(max_length=length))


def test_branches_that_touch_other_things_need_no_question() -> None:
    """Law L8."""
    history = History.of(
        [FIRST, branch("0002_a", field("a")), branch("0002_b", wider(20))]
    )

    assert conflicting(history, ()) == ("shop",)
    assert question(history, "shop") is None


def test_branches_that_touch_one_thing_need_one() -> None:
    """Which of the two would be last?"""
    history = History.of(
        [FIRST, branch("0002_a", wider(20)), branch("0002_b", wider(30))]
    )

    asked = question(history, "shop")

    assert asked is not None
    assert (asked.id, asked.kind, asked.default) == ("merge:shop", "merge", "false")
    assert asked.text == (
        "The branches of shop touch the same things (0002_a and 0002_b). "
        "Their order will not be fixed. Join them?"
    )


def test_code_clashes_with_everything() -> None:
    """Nobody can say what it does."""
    history = History.of(
        [
            FIRST,
            branch("0002_a", field("a")),
            branch("0002_b", migrations.RunSQL("UPDATE shop_order SET a = 1")),
        ]
    )

    assert question(history, "shop") is not None


def test_what_two_branches_share_is_no_clash() -> None:
    """Three leaves, two of which grow from one migration."""
    history = History.of(
        [
            FIRST,
            branch("0002_a", wider(20)),
            branch("0003_x", field("x"), after=["0002_a"]),
            branch("0003_y", field("y"), after=["0002_a"]),
            branch("0002_b", field("b")),
        ]
    )

    assert question(history, "shop") is None
    assert branches_of(history, "shop") == (
        (("shop", "0002_b"),),
        (("shop", "0002_a"), ("shop", "0003_x")),
        (("shop", "0002_a"), ("shop", "0003_y")),
    )


def test_only_the_apps_that_were_named_are_joined() -> None:
    """Labels restrict."""
    history = History.of([FIRST, branch("0002_a"), branch("0002_b")])

    assert conflicting(history, ["other"]) == ()
