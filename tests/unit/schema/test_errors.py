"""The texts of the schema layer's errors: users act on them, so they are pinned."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from whimbrel.errors import WhimbrelError
from whimbrel.errors.schema import RowsAlike, TableFixed
from whimbrel.schema.database import database_for


def test_a_type_without_a_spelling_is_refused_with_its_column() -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("c", sa.types.NullType()))

    with pytest.raises(WhimbrelError) as caught:
        database_for("postgresql").lower_table(table)

    assert str(caught.value) == (
        "[SC101] postgresql cannot have column 'c': Can't generate DDL for "
        "NullType(); did you forget to specify a type on this Column?\n"
        "at: table 't'\n"
        "fix: use another type, or a variant for this database "
        "(Type().with_variant(…))"
    )


def test_an_index_without_a_spelling_is_refused_with_its_name() -> None:
    table = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("c", sa.Integer),
        sa.Index("ix", "c", postgresql_using="no such; thing"),
    )

    with pytest.raises(WhimbrelError) as caught:
        database_for("postgresql").lower_table(table)

    assert str(caught.value).startswith(
        "[SC102] postgresql cannot have index 'ix': Unexpected SQL phrase: "
        "'no such; thing'"
    )
    assert str(caught.value).endswith(
        "at: table 't'\n"
        "fix: keep it to other databases with ddl_if(dialect=…), or change it"
    )


def test_rows_that_nothing_tells_apart_are_not_filled_one_by_one() -> None:
    assert str(RowsAlike("t", "c", "what a.b gives")) == (
        "[SC108] column 'c' cannot get what a.b gives row by row: the table has no "
        "primary key to tell its rows apart\n"
        "at: table 't'\n"
        "fix: give the table a primary key before; or add the column as nullable, fill "
        "it in a data migration, and make it unique afterwards"
    )


def test_an_unknown_database_is_refused() -> None:
    with pytest.raises(WhimbrelError) as caught:
        database_for("nosql")

    assert str(caught.value) == (
        "[SC104] there is no SQLAlchemy dialect 'nosql'\n"
        "fix: use a name such as 'postgresql', 'sqlite', 'mysql' or 'mariadb', or "
        "install the package that brings the dialect"
    )


def test_what_a_table_keeps_is_refused() -> None:
    assert str(TableFixed("t", "", "PARTITION BY RANGE (id)")) == (
        "[SC105] a table cannot change from 'nothing' to 'PARTITION BY RANGE (id)'\n"
        "at: table 't'\n"
        "fix: create another table, copy the rows in a data migration, and drop "
        "this one"
    )
