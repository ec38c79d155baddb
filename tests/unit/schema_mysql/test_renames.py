"""MySQL lets no column be renamed that something is computed from."""

from __future__ import annotations

from dataclasses import replace

from whimbrel.schema.change import SchemaChange, TableChange
from whimbrel.schema.mysql.renames import without_dependents
from whimbrel.schema.objects import Column, Computed, Constraint, Index, Table

PLAIN = Table(
    name="t",
    columns=(Column(name="a", type="INT"), Column(name="b", type="INT")),
    indexes=(Index(name="ia", sql="(a)", columns=("a",)),),
)
CHECK = Constraint(kind="check", name="ck", sql="CHECK (a > 0)", columns=("a",))
TWICE = Column(name="c", type="INT", computed=Computed(sql="a * 2", persisted=True))
FULL = replace(
    PLAIN,
    columns=(*PLAIN.columns, TWICE),
    constraints=(CHECK, replace(CHECK, name="kb", sql="CHECK (b > 0)", columns=("b",))),
    indexes=(
        *PLAIN.indexes,
        Index(name="ic", sql="(c, b)", columns=("c", "b")),
        Index(name="ie", sql="((a + 1))", columns=("a",)),
    ),
)


def change(before: Table, **renamed: str) -> SchemaChange:
    return SchemaChange(
        tables=(TableChange(before=before, after=before, renamed=renamed),)
    )


def test_a_rename_that_nothing_depends_on_is_one_step() -> None:
    renamed = change(PLAIN, a="z")

    assert without_dependents(renamed) == [renamed]
    assert without_dependents(change(FULL)) == [change(FULL)]


def test_what_depends_is_dropped_first() -> None:
    first, second = without_dependents(change(FULL, a="z"))

    bare = first.tables[0].after
    assert bare is not None
    assert first.tables[0].before == FULL
    assert second.tables[0].before == bare
    assert second.tables[0].after == FULL
    assert [c.name for c in bare.columns] == ["a", "b"]
    assert [c.name for c in bare.constraints] == ["kb"]
    assert [i.name for i in bare.indexes] == ["ia"]
