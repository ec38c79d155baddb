"""Fields, conditions, indexes, constraints and operations of Django's kind."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shown import shown

from history.reading import read_back, source
from history.serialize.shapes import (
    Between,
    BookManager,
    BookQuerySet,
    Money,
    Status,
    now,
)
from whimbrel import migrations, models
from whimbrel.errors.history import CannotWrite
from whimbrel.history.serialize import serialize
from whimbrel.models import F, OrderBy, Q
from whimbrel.models.functions import Lower, Upper

HERE = "history.serialize.shapes"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (models.CharField(max_length=100), "models.CharField(max_length=100)"),
        (
            models.CharField(
                max_length=5, choices=Status.choices, default=Status.DRAFT
            ),
            'models.CharField(choices=[("d", "Draft")], default="d", max_length=5)',
        ),
        (models.IntegerField(default=now), f"models.IntegerField(default={HERE}.now)"),
        (
            Money(max_digits=5, decimal_places=2),
            f"{HERE}.Money(decimal_places=2, max_digits=5)",
        ),
        (
            models.ForeignKey("shop.Author", on_delete=models.CASCADE),
            'models.ForeignKey(on_delete=models.CASCADE, to="shop.author")',
        ),
        (
            models.IntegerField(validators=[Between(1, 2, message="no")]),
            f'models.IntegerField(validators=[{HERE}.Between(1, 2, message="no")])',
        ),
        (
            models.Index(fields=["a"], name="ix"),
            'models.Index(fields=["a"], name="ix")',
        ),
        (
            models.Index(Lower("a").desc(), name="ix"),
            'models.Index(functions.Lower("a").desc(), name="ix")',
        ),
        (
            models.UniqueConstraint(fields=["a", "b"], name="u"),
            'models.UniqueConstraint(fields=("a", "b"), name="u")',
        ),
        (F("a"), 'models.F("a")'),
        (F("a").asc(nulls_last=True), 'models.F("a").asc(nulls_last=True)'),
        (-F("a"), 'models.F("a") * -1'),
        (2 - F("a"), 'models.CombinedExpression(2, "-", models.F("a"))'),
        (OrderBy(F("a")), 'models.OrderBy(models.F("a"))'),
        (F("a") + 1, 'models.F("a") + 1'),
        ((F("a") - F("b")) * 2, '(models.F("a") - models.F("b")) * 2'),
        (F("a") % 2, 'models.CombinedExpression(models.F("a"), "%", 2)'),
        (Q(a=1), "models.Q(a=1)"),
        (Q(b=1, a=2), "models.Q(a=2, b=1)"),
        (Q(("b", 1), ("a", 2)), "models.Q(b=1) & models.Q(a=2)"),
        (~Q(a=1), "~models.Q(a=1)"),
        (Q(a=1) | Q(b=2), "models.Q(a=1) | models.Q(b=2)"),
        (~(Q(a=1) | Q(b=2)), "~(models.Q(a=1) | models.Q(b=2))"),
        (Q(a=1) & (Q(b=2) | Q(c=3)), "models.Q(a=1) & (models.Q(b=2) | models.Q(c=3))"),
        (Q(a=1) ^ Q(b=2), "models.Q(a=1) ^ models.Q(b=2)"),
        (Q(), "models.Q()"),
        (models.Manager(), "models.Manager()"),
        (BookManager("fiction"), f'{HERE}.BookManager("fiction")'),
        (
            models.Manager.from_queryset(BookQuerySet)(),
            f"models.Manager.from_queryset({HERE}.BookQuerySet)()",
        ),
    ],
    ids=shown,
)
def test_definitions_are_written_as_people_write_them(value: Any, text: str) -> None:
    """The names are those of `from whimbrel import models`."""
    assert source(value) == text
    assert read_back(value) == value


PAIRS = st.tuples(st.sampled_from(["a", "b__gt", "c"]), st.integers(0, 3))
CONDITIONS = st.recursive(
    PAIRS.map(lambda pair: Q(pair)),
    lambda inner: st.one_of(
        inner.map(lambda q: ~q),
        st.builds(lambda a, b: a & b, inner, inner),
        st.builds(lambda a, b: a | b, inner, inner),
        st.builds(lambda a, b: a ^ b, inner, inner),
        st.lists(inner | PAIRS, max_size=3).map(lambda parts: Q(*parts)),
        st.lists(inner | PAIRS, max_size=3).map(
            lambda parts: Q(*parts, _connector="OR")
        ),
    ),
    max_leaves=8,
)


@given(CONDITIONS)
def test_any_condition_comes_back(condition: Q) -> None:
    """Operators regroup what they join; where that matters the connector is said."""
    assert read_back(condition) == condition


def test_a_class_that_cannot_be_found_is_refused() -> None:
    """`deconstruct` may say a path that leads nowhere."""

    class Lost:
        def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
            return "history.nowhere.Lost", (), {}

        def __repr__(self) -> str:
            return "<lost>"

    with pytest.raises(
        CannotWrite, match=r"says 'history\.nowhere\.Lost', which cannot"
    ):
        serialize(Lost())


class Shout(migrations.Operation):
    """A custom operation."""

    def __init__(self, text: str, /, times: int = 1, *, loud: bool = False) -> None:
        self.text, self.times, self.loud = text, times, loud


class Collect(migrations.Operation):
    """One that takes anything."""

    serialization_expand_args = ("first",)

    def __init__(self, first: list[int], *rest: str, **named: int) -> None:
        self.first, self.rest, self.named = first, rest, named


OPERATIONS = [
    migrations.CreateModel(
        "Book",
        [("id", models.BigAutoField(primary_key=True)), ("a", models.TextField())],
        options={
            "ordering": ["-a"],
            "unique_together": {("id", "a")},
            "verbose_name": 'it\'s a "book"',
            "indexes": [models.Index(fields=["a"], name="ix")],
            "constraints": [models.CheckConstraint(condition=Q(a__gt=1), name="ck")],
        },
        bases=("library.Base", models.Model),
        managers=[("objects", BookManager("x"))],
    ),
    migrations.DeleteModel("Book"),
    migrations.RenameModel("Book", "Volume"),
    migrations.AlterModelTable("Book", None),
    migrations.AlterModelTable("Book", "books"),
    migrations.AlterModelTableComment("Book", "all of them"),
    migrations.AlterModelOptions("Book", {"ordering": ["a"], "verbose_name": "b"}),
    migrations.AlterModelManagers("Book", [("objects", models.Manager())]),
    migrations.AlterUniqueTogether("Book", {("a", "b")}),
    migrations.AlterOrderWithRespectTo("Book", "author"),
    migrations.AddField(
        "Book", "a", models.TextField(default="x"), preserve_default=False
    ),
    migrations.RemoveField("Book", "a"),
    migrations.AlterField("Book", "a", models.CharField(max_length=5)),
    migrations.RenameField("Book", "a", "b"),
    migrations.AddIndex("Book", models.Index(Upper("a"), name="ix")),
    migrations.RemoveIndex("Book", "ix"),
    migrations.RenameIndex("Book", "new", old_name="old"),
    migrations.RenameIndex("Book", "new", old_fields=("a", "b")),
    migrations.AddConstraint("Book", models.UniqueConstraint(fields=["a"], name="u")),
    migrations.RemoveConstraint("Book", "u"),
    migrations.RenameConstraint("Book", "unique(a)", "u"),
    migrations.RunSQL("SELECT 1", "SELECT 2", hints={"x": 1}, elidable=True),
    migrations.RunSQL(["SELECT 1", ("SELECT %s", [2])], migrations.RunSQL.noop),
    migrations.RunSQL("SELECT 1", state_operations=[migrations.DeleteModel("Book")]),
    migrations.RunPython(now, migrations.RunPython.noop, atomic=False, elidable=True),
    migrations.SeparateDatabaseAndState(
        [migrations.RunSQL("SELECT 1")], [migrations.RemoveField("Book", "a")]
    ),
    Shout("a"),
    Shout("a", 2, loud=True),
    Collect([1, 2]),
    Collect([1, 2], "a", "b", c=1, d=2),
]


@pytest.mark.parametrize("operation", OPERATIONS, ids=shown)
def test_operations_come_back_equal(operation: migrations.Operation) -> None:
    """Law L1."""
    assert read_back(operation) == operation


def test_operations_have_one_argument_per_line() -> None:
    """In the order of the signature, by name; defaults are left out."""
    operation = migrations.AddField("Book", "a", models.TextField())

    assert source(operation) == (
        "migrations.AddField(\n"
        '    model_name="Book",\n'
        '    name="a",\n'
        "    field=models.TextField(),\n"
        ")"
    )


def test_custom_operations_are_imported_from_their_module() -> None:
    """Arguments that have no name are written without one."""
    assert source(Collect([1], "a", b=2)) == (
        f'{__name__}.Collect(\n    [\n        1,\n    ],\n    "a",\n    b=2,\n)'
    )
    assert source(Shout("a", 2)) == f'{__name__}.Shout(\n    "a",\n    times=2,\n)'


def test_elidable_is_written() -> None:
    """Django forgot it for years; squashing depends on it."""
    assert "    elidable=True,\n" in source(
        migrations.RunSQL("SELECT 1", elidable=True)
    )


def test_nested_operations_are_indented() -> None:
    """One element per line all the way down."""
    operation = migrations.SeparateDatabaseAndState([migrations.DeleteModel("Book")])

    assert source(operation) == (
        "migrations.SeparateDatabaseAndState(\n"
        "    database_operations=[\n"
        "        migrations.DeleteModel(\n"
        '            name="Book",\n'
        "        ),\n"
        "    ],\n"
        ")"
    )
