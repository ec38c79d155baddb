"""What an operation keeps of the objects that it was given."""

from __future__ import annotations

import gc
import weakref

import sqlalchemy as sa

from whimbrel import migrations


def test_sqlalchemys_objects_do_not_live_on() -> None:
    """A long history would hold thousands of columns, each with its sets and lists."""
    column = sa.Column(sa.String(20))
    seen = weakref.ref(column)

    operation = migrations.AddField("Book", "title", column)
    del column
    gc.collect()

    assert seen() is None
    assert operation.name == "title"


def test_a_custom_operation_keeps_its_arguments() -> None:
    """They are all that is known of it."""

    class Touch(migrations.Operation):
        def __init__(self, table: str, *, twice: bool = False) -> None:
            self.table = table

    operation = Touch("book", twice=True)

    assert operation.deconstruct() == ("Touch", ("book",), {"twice": True})
    assert operation.describe() == "Touch: (('book',), {'twice': True})"
