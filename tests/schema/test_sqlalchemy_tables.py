"""
Tables read into the state and assembled again give SQLAlchemy's own DDL.

The yardstick is what SQLAlchemy compiles for the tables as they were written,
on three databases.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.exc import CompileError, UnsupportedCompilationError
from sqlalchemy.schema import CreateIndex, CreateTable, SchemaItem

from whimbrel.reflect.metadata import read_metadata
from whimbrel.state.assemble import assemble_sequence, assemble_table

DIALECTS: dict[str, sa.Dialect] = {
    "postgresql": postgresql.dialect(),  # type: ignore[no-untyped-call]
    "mysql": mysql.dialect(),
    "sqlite": sqlite.dialect(),
}

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Define = Callable[[sa.MetaData], object]


class Size(enum.Enum):
    SMALL = "s"
    LARGE = "l"


def generic_types(metadata: sa.MetaData) -> None:
    """Types without arguments, with arguments, and with variants."""
    types: list[sa.types.TypeEngine[Any]] = [
        sa.BigInteger(),
        sa.Boolean(),
        sa.CHAR(3),
        sa.Date(),
        sa.DateTime(timezone=True),
        sa.Double(),
        sa.Enum("a", "b", name="letters"),
        sa.Enum(Size, name="sizes", native_enum=False, length=10),
        sa.Enum(Size, values_callable=lambda e: [m.value for m in e], name="codes"),
        sa.Float(53),
        sa.Interval(),
        sa.Interval(native=False),
        sa.JSON(),
        sa.LargeBinary(20),
        sa.NVARCHAR(5),
        sa.Numeric(10, 2, asdecimal=False),
        sa.PickleType(),
        sa.SmallInteger(),
        sa.String(40, collation="C"),
        sa.String(40).with_variant(mysql.VARCHAR(40, charset="utf8mb4"), "mysql"),
        sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb"),
        sa.Time(),
        sa.TIMESTAMP(timezone=True).with_variant(mysql.TIMESTAMP(fsp=6), "mysql"),
        sa.Unicode(7),
        sa.UnicodeText(),
        sa.Uuid(),
        sa.Uuid(native_uuid=False),
        sa.UUID(),
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
    ]
    sa.Table("t", metadata, *(sa.Column(f"c{n}", t) for n, t in enumerate(types)))


def postgresql_types(metadata: sa.MetaData) -> None:
    """PostgreSQL's own types."""
    sa.Table(
        "t",
        metadata,
        sa.Column("a", postgresql.ARRAY(sa.Integer)),
        sa.Column("b", postgresql.ARRAY(sa.Enum("x", "y", name="e"), dimensions=2)),
        sa.Column("c", postgresql.ENUM("x", "y", name="f", schema="s")),
        sa.Column("d", postgresql.DOMAIN("d", sa.Text, check="VALUE <> ''")),
        sa.Column("e", postgresql.HSTORE),
        sa.Column("f", postgresql.INET),
        sa.Column("g", postgresql.TSVECTOR),
        sa.Column("h", postgresql.INT4RANGE),
        sa.Column("i", postgresql.TSTZMULTIRANGE),
        sa.Column("j", postgresql.INTERVAL(fields="YEAR TO MONTH")),
        sa.Column("k", postgresql.TIMESTAMP(timezone=True, precision=3)),
        sa.Column("l", postgresql.BIT(5, varying=True)),
        sa.Column("m", postgresql.JSONB(astext_type=sa.String(5))),
        sa.Column("n", postgresql.CITEXT),
        sa.Column("o", postgresql.UUID(as_uuid=False)),
    )


def mysql_types(metadata: sa.MetaData) -> None:
    """MySQL's own types."""
    sa.Table(
        "t",
        metadata,
        sa.Column("a", mysql.INTEGER(unsigned=True)),
        sa.Column("b", mysql.TINYINT(1)),
        sa.Column("c", mysql.DOUBLE(10, 2, asdecimal=False)),
        sa.Column("d", mysql.LONGTEXT(collation="utf8mb4_bin")),
        sa.Column("e", mysql.ENUM("x", "y", charset="latin1")),
        sa.Column("f", mysql.SET("x", "y")),
        sa.Column("g", mysql.YEAR()),
        sa.Column("h", mysql.DATETIME(fsp=6)),
        sa.Column("i", mysql.VARCHAR(5, charset="utf8mb4", national=True)),
        sa.Column("j", mysql.DECIMAL(10, 2, unsigned=True, zerofill=True)),
    )


def column_arguments(metadata: sa.MetaData) -> None:
    """Everything that a column can say."""
    sa.Table(
        "t",
        metadata,
        sa.Column(
            "id", sa.Integer, sa.Identity(always=True, start=5), primary_key=True
        ),
        sa.Column("a", sa.Integer, sa.Identity(), nullable=True),
        sa.Column("b", sa.Integer, sa.Computed("id * 2", persisted=True)),
        sa.Column("c", sa.Integer, sa.Sequence("numbers", start=7)),
        sa.Column("d", sa.String(5), server_default="x", nullable=False),
        sa.Column("e", sa.String(5), server_default=sa.text("upper('x')")),
        sa.Column("f", sa.DateTime, server_default=sa.func.now()),
        sa.Column("g", sa.Boolean, server_default=sa.false()),
        sa.Column("h", sa.String(5), comment="it's a remark"),
        sa.Column("Mixed Case", sa.String(5), quote=True),
        sa.Column("i", sa.Integer, sa.CheckConstraint("i > 0", name="positive")),
        sa.Column("hidden", sa.Integer, system=True),
        sa.Column("j", sa.DateTime, server_default=sa.FetchedValue()),
        comment="the table",
    )


def keys_and_names(metadata: sa.MetaData) -> None:
    """Constraints said on columns and on the table; keys that are not names."""
    sa.Table(
        "parent",
        metadata,
        sa.Column("id", sa.Integer, key="key", primary_key=True),
        sa.Column("code", sa.String(5), unique=True),
        sa.Column("kind", sa.String(5), index=True),
        sa.UniqueConstraint("code", "kind", deferrable=True, initially="DEFERRED"),
    )
    sa.Table(
        "child",
        metadata,
        sa.Column("b", sa.Integer, primary_key=True),
        sa.Column("a", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("p", sa.ForeignKey("parent.key", ondelete="CASCADE")),
        sa.Column("q", sa.Integer, key="q_key"),
        sa.Column("self_id", sa.Integer),
        sa.PrimaryKeyConstraint("a", "b"),
        sa.ForeignKeyConstraint(["q_key"], ["parent.key"], match="FULL"),
        sa.CheckConstraint("a > b", name="order"),
        sa.CheckConstraint(sa.column("a") != 5, name="not five"),
    )


def types_with_checks(metadata: sa.MetaData) -> None:
    """Checks that Enum and Boolean types bring, named by the convention."""
    sa.Table(
        "t",
        metadata,
        sa.Column("a", sa.Enum("x", "y", name="letters", create_constraint=True)),
        sa.Column("b", sa.Boolean(name="flag", create_constraint=True)),
        sa.Column(
            "c",
            sa.Enum(Size, name="size", native_enum=False, create_constraint=True),
        ),
    )


def indexes(metadata: sa.MetaData) -> None:
    """Indexes over columns and expressions, with what the dialects add."""
    table = sa.Table(
        "t",
        metadata,
        sa.Column("a", sa.String(50)),
        sa.Column("b", sa.Integer, key="b_key"),
        sa.Column("d", postgresql.JSONB),
        sa.Index("i01", "a", unique=True),
        sa.Index("i02", sa.text("lower(a)")),
        sa.Index("i03", "a", "b_key", postgresql_include=["b_key"]),
        sa.Index(
            "i04", "d", postgresql_using="gin", postgresql_with={"fastupdate": "off"}
        ),
        sa.Index("i05", "a", mysql_length=10, mysql_prefix="FULLTEXT"),
        sa.Index("i06", "a", "b_key", mysql_length={"a": 5}, mysql_using="btree"),
    )
    b = table.c.b_key
    sa.Index("i07", sa.func.lower(table.c.a), b.desc().nulls_last())
    sa.Index("i08", b, postgresql_where=b > 5, sqlite_where=b > 5)
    sa.Index("i09", table.c.d["x"].astext, postgresql_using="btree")
    sa.Index(
        "i10",
        sa.func.lower(table.c.a).label("lowered"),
        postgresql_ops={"lowered": "text_pattern_ops"},
    )
    sa.Index("i11", b, postgresql_ops={"b_key": "int4_ops"})
    sa.Index("i12", table.c.a.collate("C"), postgresql_nulls_not_distinct=True)
    sa.Index("i13", "a", _table=table).ddl_if(dialect="postgresql")


def databases_apart(metadata: sa.MetaData) -> None:
    """Items that exist on some databases only, and dialect arguments."""
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("a", sa.Integer, nullable=False),
        sa.CheckConstraint("a > 1", name="one").ddl_if(dialect="postgresql"),
        sa.CheckConstraint("a > 2", name="two").ddl_if(
            dialect=("mysql", "sqlite")  # type: ignore[arg-type]
        ),
        sa.UniqueConstraint("a", name="u", postgresql_include=["id"]),
        postgresql.ExcludeConstraint(
            ("a", "="), (sa.text("id + 1"), "&&"), where=sa.text("a > 0"), name="x"
        ).ddl_if(dialect="postgresql"),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        sqlite_autoincrement=True,
        sqlite_with_rowid=True,
        postgresql_partition_by="RANGE (id)",
        postgresql_tablespace="fast",
        prefixes=["UNLOGGED"],
    )


def schemas(metadata: sa.MetaData) -> None:
    """Tables, types and references in named schemas."""
    other = sa.Table(
        "other", metadata, sa.Column("id", sa.Integer, primary_key=True), schema="two"
    )
    sa.Table(
        "t",
        metadata,
        sa.Column("a", sa.ForeignKey(other.c.id)),
        sa.Column("b", sa.ForeignKey("two.other.id", use_alter=True, name="late")),
        sa.Column("c", sa.Enum("x", "y", name="e", schema="two")),
        schema="one",
    )


def cycles(metadata: sa.MetaData) -> None:
    """Two tables that refer to each other."""
    for name, target in (("a", "b"), ("b", "a")):
        sa.Table(
            name,
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("other_id", sa.ForeignKey(f"{target}.id")),
        )


CASES: list[Define] = [
    generic_types,
    postgresql_types,
    mysql_types,
    column_arguments,
    keys_and_names,
    types_with_checks,
    indexes,
    databases_apart,
    schemas,
    cycles,
]


def ddl(item: SchemaItem, dialect: sa.Dialect) -> str:
    """Return the statement that makes *item*, or which error there is."""
    try:
        if isinstance(item, sa.Table):
            return str(CreateTable(item).compile(dialect=dialect))
        assert isinstance(item, sa.Index)
        if item._ddl_if is not None and item._ddl_if.dialect != dialect.name:
            return ""
        return str(CreateIndex(item).compile(dialect=dialect))
    except (CompileError, UnsupportedCompilationError, AttributeError) as error:
        return type(error).__name__


def statements(table: sa.Table, dialect: sa.Dialect) -> list[str]:
    made = sorted(table.indexes, key=lambda index: str(index.name))
    texts = [ddl(table, dialect), *(ddl(index, dialect) for index in made)]
    # A check said on a column is said on its table afterwards.
    inline = r"(, \n\t| )CONSTRAINT (ck_t_)?positive CHECK \(i > 0\)"
    return [re.sub(inline, "", text) for text in texts]


@pytest.mark.parametrize("naming", [None, CONVENTION], ids=["plain", "convention"])
@pytest.mark.parametrize("define", CASES, ids=lambda define: define.__name__)
@pytest.mark.parametrize("name", DIALECTS)
def test_the_ddl_of_tables_survives_the_state(
    define: Define, name: str, naming: dict[str, str] | None
) -> None:
    """Reading a MetaData and assembling it changes no statement."""
    metadata = sa.MetaData(naming_convention=naming)
    define(metadata)
    assembled = sa.MetaData()

    for model in read_metadata(metadata, "app").models:
        assemble_table(model, assembled)

    assert list(assembled.tables) == list(metadata.tables)
    for key, table in metadata.tables.items():
        wanted = statements(table, DIALECTS[name])
        assert statements(assembled.tables[key], DIALECTS[name]) == wanted


@pytest.mark.parametrize("define", CASES, ids=lambda define: define.__name__)
def test_a_second_reading_is_equal_and_hashable(define: Define) -> None:
    """What is read is a value: detection compares it, caches hash it."""
    first, second = (
        sa.MetaData(),
        sa.MetaData(naming_convention={"ix": "ix_%(column_0_label)s"}),
    )
    define(first)
    define(second)

    one, two = read_metadata(first, "app"), read_metadata(second, "app")

    assert one == two
    for model in one.models:
        items = (*model.fields.values(), *model.indexes, *model.constraints)
        assert len({hash(item) for item in items}) > 0
        assert " at 0x" not in repr(items)


@pytest.mark.parametrize("define", CASES, ids=lambda define: define.__name__)
def test_assembled_tables_read_the_same(define: Define) -> None:
    """The two directions are inverse to each other."""
    metadata, again = sa.MetaData(naming_convention=CONVENTION), sa.MetaData()
    define(metadata)
    read = read_metadata(metadata, "app")

    for model in read.models:
        assemble_table(model, again)

    assert read_metadata(again, "app").models == read.models


def test_a_table_alone_can_be_compiled() -> None:
    """The tables that foreign keys name need not be there."""
    metadata = sa.MetaData()
    cycles(metadata)
    model = read_metadata(metadata, "app").models[0]

    table = assemble_table(model, sa.MetaData())

    assert "REFERENCES b (id)" in ddl(table, DIALECTS["postgresql"])


def test_a_foreign_key_finds_its_table_when_it_comes() -> None:
    """The stand-in gives way to the real table."""
    metadata, assembled = sa.MetaData(), sa.MetaData()
    cycles(metadata)

    a, b = (assemble_table(m, assembled) for m in read_metadata(metadata, "app").models)

    assert next(iter(a.foreign_keys)).column is b.c.id
    assert next(iter(b.foreign_keys)).column is a.c.id


def test_columns_know_their_field() -> None:
    """Mapping goes from columns back to fields."""
    metadata = sa.MetaData()
    cycles(metadata)

    table = assemble_table(read_metadata(metadata, "app").models[0], sa.MetaData())

    assert [column.info["field"] for column in table.columns] == ["id", "other_id"]


def test_names_too_long_are_shortened_as_sqlalchemy_does() -> None:
    """A name made by a convention may exceed what a database takes."""
    long = "a_column_with_a_name_that_goes_on_and_on_and_does_not_want_to_end"
    metadata = sa.MetaData(naming_convention=CONVENTION)
    sa.Table("t", metadata, sa.Column(long, sa.Integer, unique=True))

    table = assemble_table(read_metadata(metadata, "app").models[0], sa.MetaData())

    for dialect in (DIALECTS["postgresql"], DIALECTS["sqlite"]):
        wanted = ddl(metadata.tables["t"], dialect)
        assert ddl(table, dialect) == wanted


def test_sequences_that_stand_alone_are_read() -> None:
    """A sequence of a column belongs to the column; others are objects of their own."""
    metadata = sa.MetaData()
    sa.Sequence("alone", start=5, metadata=metadata, schema="s")
    column_arguments(metadata)

    read = read_metadata(metadata, "app")

    ((app_label, sequence),) = read.sequences
    assert (app_label, sequence.full_name) == ("app", "s.alone")
    assert assemble_sequence(sequence).start == 5
