"""
Tables of Django-style models have Django's types and names.

Every expectation is what Django 5.2 itself wrote for the same model; only the
ON DELETE clauses differ, because here the database enforces them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex

from whimbrel import models
from whimbrel.facts import Facts
from whimbrel.models import F, Q, functions
from whimbrel.models.registry import Apps
from whimbrel.models.table import BuiltTables, build_tables
from whimbrel.schema.database import Database, database_for

SQLITE = database_for("sqlite")
POSTGRESQL = database_for("postgresql", (15,))
MARIADB = database_for("mysql", (10, 11), is_mariadb=True)
DATABASES = {"sqlite": SQLITE, "postgresql": POSTGRESQL, "mariadb": MARIADB}

Make = Callable[..., type]


@pytest.fixture
def make() -> Make:
    """Make models of the app "shop" in a registry of their own."""
    apps = Apps()

    def model(name: str, *bases: type, meta: Any = (), **fields: Any) -> type:
        options = {"app_label": "shop", "apps": apps, **dict(meta)}
        namespace = {"Meta": type("Meta", (), options), "__module__": name, **fields}
        base: Any = type(models.Model)
        made: type = base(name, bases or (models.Model,), namespace)
        return made

    return model


def build(model: Any, database: Database) -> BuiltTables:
    apps: Any = model._meta.apps
    return build_tables(
        model._meta,
        lambda app, name: apps.get_model(app, name)._meta,
        sa.MetaData(),
        database.facts,
    )


def main(model: Any, database: Database) -> sa.Table:
    table = build(model, database).main
    assert table is not None
    return table


def types(table: sa.Table, database: Database) -> dict[str, str]:
    return {c.name: c.type.compile(dialect=database.dialect) for c in table.columns}


def names(table: sa.Table) -> set[str]:
    """Names of all indexes and constraints; what has none is left out."""
    items: list[Any] = [*table.indexes, *table.constraints]
    return {str(item.name) for item in items if item.name}


def indexes(table: sa.Table, database: Database) -> dict[str, str]:
    """Return name → what follows the name of the table."""
    texts = {}
    for index in table.indexes:
        text = str(CreateIndex(index).compile(dialect=database.dialect))
        texts[str(index.name)] = text.partition(" ON ")[2].partition(" ")[2]
    return texts


def condition(table: sa.Table, name: str, database: Database) -> str:
    found = next(c for c in table.constraints if c.name == name)
    assert isinstance(found, sa.CheckConstraint)
    options = {"literal_binds": True, "include_table": False}
    text = found.sqltext.compile(dialect=database.dialect, compile_kwargs=options)
    return str(text)


FIELDS: list[tuple[models.Field, str, str, str]] = [
    (models.BooleanField(), "bool", "BOOLEAN", "BOOL"),
    (models.CharField(max_length=9), "varchar(9)", "VARCHAR(9)", "VARCHAR(9)"),
    (models.TextField(), "text", "TEXT", "LONGTEXT"),
    (models.SlugField(), "varchar(50)", "VARCHAR(50)", "VARCHAR(50)"),
    (models.EmailField(), "varchar(254)", "VARCHAR(254)", "VARCHAR(254)"),
    (models.URLField(), "varchar(200)", "VARCHAR(200)", "VARCHAR(200)"),
    (models.FileField(), "varchar(100)", "VARCHAR(100)", "VARCHAR(100)"),
    (models.ImageField(), "varchar(100)", "VARCHAR(100)", "VARCHAR(100)"),
    (models.FilePathField(), "varchar(100)", "VARCHAR(100)", "VARCHAR(100)"),
    (models.DateField(), "date", "DATE", "DATE"),
    (models.DateTimeField(), "datetime", "TIMESTAMP WITH TIME ZONE", "DATETIME(6)"),
    (models.TimeField(), "time", "TIME WITHOUT TIME ZONE", "TIME(6)"),
    (models.DurationField(), "bigint", "INTERVAL", "BIGINT"),
    (
        models.DecimalField(max_digits=8, decimal_places=2),
        "decimal",
        "NUMERIC(8, 2)",
        "NUMERIC(8, 2)",
    ),
    (models.FloatField(), "real", "DOUBLE PRECISION", "DOUBLE"),
    (models.IntegerField(), "integer", "INTEGER", "INTEGER"),
    (models.BigIntegerField(), "bigint", "BIGINT", "BIGINT"),
    (models.SmallIntegerField(), "smallint", "SMALLINT", "SMALLINT"),
    (models.PositiveIntegerField(), "integer unsigned", "INTEGER", "INTEGER UNSIGNED"),
    (
        models.PositiveSmallIntegerField(),
        "smallint unsigned",
        "SMALLINT",
        "SMALLINT UNSIGNED",
    ),
    (models.PositiveBigIntegerField(), "bigint unsigned", "BIGINT", "BIGINT UNSIGNED"),
    (models.BinaryField(), "BLOB", "BYTEA", "LONGBLOB"),
    (models.UUIDField(), "char(32)", "UUID", "uuid"),
    (models.JSONField(), "text", "JSONB", "JSON"),
    (models.GenericIPAddressField(), "char(39)", "INET", "CHAR(39)"),
    (models.AutoField(primary_key=True), "integer", "INTEGER", "INTEGER"),
    (models.BigAutoField(primary_key=True), "integer", "BIGINT", "BIGINT"),
    (models.SmallAutoField(primary_key=True), "integer", "SMALLINT", "SMALLINT"),
]


@pytest.mark.parametrize(
    ("field", "sqlite", "postgresql", "mariadb"),
    [pytest.param(*row, id=type(row[0]).__name__) for row in FIELDS],
)
def test_a_column_has_djangos_type(
    make: Make, field: models.Field, sqlite: str, postgresql: str, mariadb: str
) -> None:
    model = make("Thing", f=field)

    for name, expected in (
        ("sqlite", sqlite),
        ("postgresql", postgresql),
        ("mariadb", mariadb),
    ):
        database = DATABASES[name]
        assert types(main(model, database), database)["f"] == expected


def test_a_uuid_is_text_on_older_mariadb_and_on_mysql(make: Make) -> None:
    model = make("Thing", f=models.UUIDField())

    for old in (
        database_for("mysql", (10, 6), is_mariadb=True),
        database_for("mysql", (8, 0, 30)),
    ):
        assert types(main(model, old), old)["f"] == "char(32)"


def test_a_foreign_key_has_the_type_of_the_key_it_refers_to(make: Make) -> None:
    """Also through further keys, and without the numbering or the check."""
    make("Small", id=models.SmallAutoField(primary_key=True))
    make("Code", code=models.CharField(max_length=7, primary_key=True))
    make("Positive", id=models.PositiveIntegerField(primary_key=True))
    make("Far", near=models.OneToOneField("Small", models.CASCADE, primary_key=True))
    model = make(
        "Refs",
        a=models.ForeignKey("Small", models.CASCADE),
        b=models.ForeignKey("Code", models.CASCADE),
        c=models.ForeignKey("Positive", models.CASCADE),
        d=models.ForeignKey("Far", models.CASCADE),
        e=models.ForeignKey("self", models.CASCADE),
    )

    found = {n: types(main(model, d), d) for n, d in DATABASES.items()}

    keys = ("a_id", "b_id", "c_id", "d_id", "e_id")
    assert [found["sqlite"][k] for k in keys] == [
        "smallint",
        "varchar(7)",
        "integer",
        "smallint",
        "bigint",
    ]
    assert found["postgresql"]["c_id"] == "INTEGER"
    assert found["mariadb"]["c_id"] == "INTEGER UNSIGNED"
    assert not [
        c
        for c in main(model, POSTGRESQL).constraints
        if isinstance(c, sa.CheckConstraint)
    ]


def test_checks_come_with_the_types_that_need_them(make: Make) -> None:
    model = make("Thing", p=models.PositiveIntegerField(), j=models.JSONField())

    def checks(database: Database) -> list[str]:
        table = main(model, database)
        return [
            str(c.sqltext)
            for c in table.constraints
            if isinstance(c, sa.CheckConstraint) and c.name is None
        ]

    # Django has the check beside UNSIGNED on MySQL, too.
    assert len(checks(MARIADB)) == 1
    assert len(checks(POSTGRESQL)) == 1
    assert len(checks(SQLITE)) == 2
    assert any("JSON_VALID" in check for check in checks(SQLITE))


def all_relations(make: Make) -> Any:
    make("A1", id=models.AutoField(primary_key=True))
    make("A2", id=models.SmallAutoField(primary_key=True))
    make("CC", code=models.CharField(max_length=10, primary_key=True))
    make("UU", id=models.UUIDField(primary_key=True))
    return make(
        "Refs",
        a=models.ForeignKey("A1", models.CASCADE),
        b=models.ForeignKey("A2", models.SET_NULL, null=True, db_index=False),
        c=models.OneToOneField("UU", models.CASCADE),
        d=models.ForeignKey("CC", models.PROTECT),
        e=models.ForeignKey("self", models.DO_NOTHING, null=True, db_constraint=False),
        g=models.ManyToManyField("CC"),
        h=models.ManyToManyField("self"),
        k=models.ManyToManyField("A1", db_constraint=False, db_table="my m2m"),
        u=models.ForeignKey("CC", models.RESTRICT, unique=True),
    )


FOREIGN_KEYS = {
    "shop_refs_a_id_3162a700_fk_shop_a1_id",
    "shop_refs_b_id_deafd0b0_fk_shop_a2_id",
    "shop_refs_c_id_c4c75b56_fk_shop_uu_id",
    "shop_refs_d_id_bf4411fd_fk_shop_cc_code",
    "shop_refs_u_id_391faafc_fk_shop_cc_code",
}


def test_relations_have_djangos_names(make: Make) -> None:
    model = all_relations(make)

    assert names(main(model, POSTGRESQL)) == FOREIGN_KEYS | {
        "shop_refs_a_id_3162a700",
        "shop_refs_d_id_bf4411fd",
        "shop_refs_d_id_bf4411fd_like",
        "shop_refs_e_id_305d0ac8",
        "shop_refs_u_id_391faafc_like",
    }
    # A foreign key there has an index anyway, unless it has no constraint.
    assert names(main(model, MARIADB)) == FOREIGN_KEYS | {"shop_refs_e_id_305d0ac8"}
    # Foreign keys have no name there.
    assert names(main(model, SQLITE)) == {
        "shop_refs_a_id_3162a700",
        "shop_refs_d_id_bf4411fd",
        "shop_refs_e_id_305d0ac8",
    }


def test_tables_between_have_djangos_names(make: Make) -> None:
    between = build(all_relations(make), POSTGRESQL).many_to_many

    assert {field: table.name for field, table in between.items()} == {
        "g": "shop_refs_g",
        "h": "shop_refs_h",
        "k": "my m2m",
    }
    assert names(between["g"]) == {
        "shop_refs_g_refs_id_705680b3_fk_shop_refs_id",
        "shop_refs_g_cc_id_124651b1_fk_shop_cc_code",
        "shop_refs_g_refs_id_cc_id_47b38d4a_uniq",
        "shop_refs_g_refs_id_705680b3",
        "shop_refs_g_cc_id_124651b1",
        "shop_refs_g_cc_id_124651b1_like",
    }
    assert list(between["h"].columns.keys()) == ["id", "from_refs_id", "to_refs_id"]
    assert "shop_refs_h_from_refs_id_to_refs_id_cb7278e0_uniq" in names(between["h"])
    assert names(between["k"]) == {
        "my m2m_refs_id_a1_id_efb0a2f0_uniq",
        "my m2m_refs_id_f74106a3",
        "my m2m_a1_id_f8ccf0a5",
    }


def test_the_database_follows_a_deleted_row(make: Make) -> None:
    """What differs from Django: the clause, one for each action."""
    table = main(all_relations(make), POSTGRESQL)
    rules = {
        key.column_keys[0]: key.ondelete
        for key in table.foreign_key_constraints
        if not key.deferrable
    }

    assert rules == {
        "a_id": "CASCADE",
        "b_id": "SET NULL",
        "c_id": "CASCADE",
        "d_id": "RESTRICT",
        "u_id": "RESTRICT",
    }


def test_text_that_is_searched_has_a_pattern_index(make: Make) -> None:
    """PostgreSQL's ordinary index serves LIKE only under the C collation."""
    model = make(
        "AllTypes",
        f_charidx=models.CharField(max_length=20, db_index=True),
        f_charuq=models.CharField(max_length=20, unique=True),
        f_textidx=models.TextField(db_index=True),
        f_big=models.BigIntegerField(db_index=True),
        f_own=models.CharField(max_length=9, db_index=True, db_collation="odd case"),
    )

    found = indexes(main(model, POSTGRESQL), POSTGRESQL)

    assert found["shop_alltypes_f_charidx_c3ea9d18"] == "(f_charidx)"
    assert found["shop_alltypes_f_charidx_c3ea9d18_like"] == (
        "(f_charidx varchar_pattern_ops)"
    )
    assert found["shop_alltypes_f_charuq_09b46939_like"] == (
        "(f_charuq varchar_pattern_ops)"
    )
    assert found["shop_alltypes_f_textidx_d9d0666a_like"] == (
        "(f_textidx text_pattern_ops)"
    )
    assert len([name for name in found if name.endswith("_like")]) == 3
    # MySQL cannot index a text without a length, so there is none.
    assert "shop_alltypes_f_textidx_d9d0666a" not in names(main(model, MARIADB))


def constrained(make: Make) -> Any:
    make("A1", id=models.AutoField(primary_key=True))
    return make(
        "Cons",
        a=models.IntegerField(),
        b=models.CharField(max_length=10),
        r=models.ForeignKey("A1", models.CASCADE),
        meta={
            "unique_together": [("a", "b"), ("b", "r")],
            "order_with_respect_to": "r",
            "indexes": [
                models.Index(fields=["a", "-b"]),
                models.Index(fields=["b"], name="b_idx", condition=Q(a__gt=3)),
                models.Index(functions.Lower("b").desc(), "a", name="low_idx"),
                models.Index(fields=["a"], include=["b"], name="inc_idx"),
                models.Index(F("a") + 1, name="plus_idx"),
                models.Index(fields=["r"]),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=Q(a__gte=0) & ~Q(b="it's"), name="ck1"
                ),
                models.UniqueConstraint(fields=["a"], name="u1"),
                models.UniqueConstraint(fields=["a"], condition=Q(b="x"), name="u2"),
                models.UniqueConstraint(functions.Lower("b"), F("a").desc(), name="u3"),
                models.UniqueConstraint(
                    fields=["b"], deferrable=models.Deferrable.DEFERRED, name="u4"
                ),
                models.UniqueConstraint(fields=["b"], nulls_distinct=False, name="u5"),
                models.UniqueConstraint(fields=["b"], include=["a"], name="u6"),
                models.UniqueConstraint(
                    fields=["b"], opclasses=["varchar_pattern_ops"], name="u7"
                ),
            ],
        },
    )


def test_what_a_database_cannot_do_is_left_out(make: Make) -> None:
    """The same items as Django leaves out, and the same ones simplified."""
    model = constrained(make)
    always = {
        "ck1",
        "u1",
        "u7",
        "b_idx",
        "inc_idx",
        "shop_cons_a_b387b4_idx",
        "shop_cons_r_id_808d19_idx",
        "shop_cons_a_b_3705b992_uniq",
        "shop_cons_b_r_id_06e7e3a8_uniq",
    }
    key, index = "shop_cons_r_id_017c6f71_fk_shop_a1_id", "shop_cons_r_id_017c6f71"
    expressions = {"low_idx", "plus_idx", "u2", "u3"}

    assert names(main(model, POSTGRESQL)) == always | expressions | {
        *("u4", "u5", "u6"),
        *(key, index),
    }
    assert names(main(model, SQLITE)) == always | expressions | {index}
    assert names(main(model, MARIADB)) == always | {key}


def test_indexes_read_as_djangos(make: Make) -> None:
    model = constrained(make)

    assert indexes(main(model, POSTGRESQL), POSTGRESQL) == {
        "shop_cons_a_b387b4_idx": "(a, b DESC)",
        "b_idx": "(b) WHERE a > 3",
        "low_idx": "((LOWER(b)) DESC, a)",
        "inc_idx": "(a) INCLUDE (b)",
        "plus_idx": "(((a + 1)))",
        "shop_cons_r_id_808d19_idx": "(r_id)",
        "shop_cons_r_id_017c6f71": "(r_id)",
        "u2": "(a) WHERE b = 'x'",
        "u3": "((LOWER(b)), a DESC)",
        "u6": "(b) INCLUDE (a)",
        "u7": "(b varchar_pattern_ops)",
    }
    assert indexes(main(model, MARIADB), MARIADB)["b_idx"] == "(b)"


def test_a_check_reads_as_djangos(make: Make) -> None:
    table = main(constrained(make), SQLITE)

    assert condition(table, "ck1", SQLITE) == "a >= 0 AND NOT (b = 'it''s')"


def test_the_order_of_related_rows_is_a_column(make: Make) -> None:
    table = main(constrained(make), POSTGRESQL)

    assert list(table.columns.keys()) == ["id", "a", "b", "r_id", "_order"]
    assert table.columns["_order"].info["field"] == "_order"
    assert not table.columns["_order"].nullable


DEFAULTS: list[tuple[models.Field, str]] = [
    (models.IntegerField(db_default=5), "5"),
    (models.CharField(max_length=5, db_default="x'y"), "'x''y'"),
    (models.BooleanField(db_default=True), "true"),
    (models.TextField(db_default="t"), "('t')"),
    (models.JSONField(db_default={"a": 1}), """('{"a": 1}')"""),
    (models.DateTimeField(db_default=functions.Now()), "(STATEMENT_TIMESTAMP())"),
]


@pytest.mark.parametrize(("field", "expected"), DEFAULTS)
def test_a_default_of_the_database(
    make: Make, field: models.Field, expected: str
) -> None:
    column = main(make("Thing", f=field), POSTGRESQL).columns["f"]
    nothing: Any = None
    compiler = POSTGRESQL.dialect.ddl_compiler(POSTGRESQL.dialect, nothing)

    assert compiler.get_column_default_string(column) == expected


def test_a_default_of_python_is_no_default_of_the_database(make: Make) -> None:
    """As in Django: it serves new instances only."""
    table = main(make("Thing", f=models.IntegerField(default=5)), POSTGRESQL)

    assert table.columns["f"].server_default is None


def test_a_generated_column_is_computed_from_others(make: Make) -> None:
    model = make(
        "Thing",
        a=models.IntegerField(),
        g=models.GeneratedField(
            expression=F("a") * 2, output_field=models.IntegerField(), db_persist=True
        ),
    )

    computed = main(model, SQLITE).columns["g"].computed

    assert computed is not None
    assert computed.persisted
    assert str(computed.sqltext.compile(compile_kwargs={"literal_binds": True})) == (
        "(shop_thing.a * 2)"
    )


def test_collations_and_comments_are_kept(make: Make) -> None:
    """A reference has the collation of the key it refers to."""
    make(
        "Code", code=models.CharField(max_length=7, primary_key=True, db_collation="C")
    )
    model = make(
        "Thing",
        f=models.ForeignKey("Code", models.CASCADE, db_comment="where"),
        t=models.TextField(db_collation="NOCASE"),
        meta={"db_table_comment": "things"},
    )

    table = main(model, POSTGRESQL)

    assert types(table, POSTGRESQL)["f_id"] == 'VARCHAR(7) COLLATE "C"'
    assert types(main(model, SQLITE), SQLITE)["t"] == "text COLLATE NOCASE"
    assert types(main(model, MARIADB), MARIADB)["t"] == "LONGTEXT COLLATE NOCASE"
    assert table.comment == "things"
    assert table.columns["f_id"].comment == "where"
    assert main(model, SQLITE).comment is None


def test_a_child_shares_the_key_of_its_parent(make: Make) -> None:
    parent = make("Refs")
    child = make("Child", parent, extra=models.IntegerField())

    table = main(child, POSTGRESQL)

    assert list(table.columns.keys()) == ["refs_ptr_id", "extra"]
    assert names(table) == {"shop_child_refs_ptr_id_a46e6a58_fk_shop_refs_id"}
    assert not table.columns["refs_ptr_id"].identity


def test_a_proxy_has_no_table_of_its_own(make: Make) -> None:
    """A reference to it is one to the table behind it."""
    book = make("Book")
    novel = make("Novel", book, meta={"proxy": True})
    note = make("Note", novel=models.ForeignKey(novel, models.CASCADE))

    assert build(novel, POSTGRESQL).main is None
    (key,) = main(note, POSTGRESQL).foreign_key_constraints
    assert key.elements[0].target_fullname == "shop_book.id"


def test_long_names_are_cut_to_what_the_database_takes(make: Make) -> None:
    name = "Verylongtablename" * 4
    model = make(
        name, meta={"app_label": "inventory"}, m=models.ManyToManyField("self")
    )

    short = build(model, POSTGRESQL)

    assert short.main is not None
    assert len(short.main.name) == 63
    assert len(short.many_to_many["m"].name) == 63
    assert main(model, SQLITE).name == f"inventory_{name.lower()}"


def test_a_table_may_live_in_a_schema(make: Make) -> None:
    """Django users know the trick with the quotes."""
    make("Author", meta={"db_table": '"people"."author"'})
    book = make("Book", author=models.ForeignKey("Author", models.CASCADE))

    (key,) = main(book, POSTGRESQL).foreign_key_constraints

    assert key.elements[0].target_fullname == "people.author.id"
    assert str(key.name).endswith("_fk_author_id")


def test_facts_alone_decide(make: Make) -> None:
    """No product is known here: a cautious database gets the plain parts."""
    model: Any = constrained(make)
    apps = model._meta.apps

    table = build_tables(
        model._meta,
        lambda app, name: apps.get_model(app, name)._meta,
        sa.MetaData(),
        Facts(),
    ).main

    assert table is not None
    assert not names(table) & {"u2", "u3", "u4", "u5", "u6", "low_idx"}
    assert names(table) >= {"u1", "u7", "ck1", "b_idx"}
