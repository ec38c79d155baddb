"""The text of MySQL's and MariaDB's statements, without a database."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from common_pairs import COLUMNS, CONSTRAINTS, PLAIN, TABLES
from mysql_pairs import COLUMNS as OWN_COLUMNS
from mysql_pairs import KEYS, OPTIONS
from table_pairs import TEXT, Pair, book, check, col, table

from whimbrel.schema.database import Database, database_for
from whimbrel.schema.statement import Lookup

MYSQL = database_for("mysql", (8, 0, 36))
MARIADB = database_for("mysql", (10, 11, 0), is_mariadb=True)

MARK = "COMMENT 'whimbrel: being filled'"
"""Of a column that is added, until its rows have values."""


def texts(pair: Pair, database: Database = MARIADB) -> list[str]:
    change = pair.change(database.lower_table)
    return [statement.sql for statement in database.compile(change)]


def test_nothing_for_nothing() -> None:
    assert texts(COLUMNS["nothing"]) == []


def test_a_new_table_has_its_indexes_inside_but_not_those_of_foreign_keys() -> None:
    pair = TABLES["a table that refers to itself"]

    assert texts(pair) == [
        "CREATE TABLE shelf (\n"
        "    id INTEGER NOT NULL AUTO_INCREMENT,\n"
        "    place VARCHAR(50),\n"
        "    up_id INTEGER,\n"
        "    PRIMARY KEY (id),\n"
        "    CONSTRAINT fk_up FOREIGN KEY(up_id) REFERENCES shelf (id)\n"
        ")"
    ]


def test_all_that_happens_to_a_table_is_one_statement() -> None:
    before = book(col("a"), col("b", index=True), check("a > 0", name="ck"))
    after = book(col("a", sa.BigInteger), col("c", TEXT, unique=True), comment="new")

    assert texts(Pair(before=before, after=after)) == [
        "ALTER TABLE book DROP INDEX ix_book_b, DROP CONSTRAINT ck, DROP COLUMN b, "
        "MODIFY COLUMN a BIGINT, ADD COLUMN c VARCHAR(50), ADD UNIQUE INDEX c (c), "
        "COMMENT='new'"
    ]


def test_a_literal_fills_as_a_default_for_a_moment() -> None:
    assert texts(COLUMNS["add a column that must be filled"]) == [
        "ALTER TABLE book ADD COLUMN pages INTEGER NOT NULL DEFAULT 12",
        "ALTER TABLE book MODIFY COLUMN pages INTEGER NOT NULL",
    ]


def test_an_expression_fills_while_null_is_allowed() -> None:
    pair = Pair(
        before=PLAIN,
        after=book(col("pages", nullable=False)),
        fills={"book": {"pages": "id + 1"}},
    )

    assert texts(pair) == [
        f"ALTER TABLE book ADD COLUMN pages INTEGER {MARK}",
        "UPDATE book SET pages = id + 1",
        "ALTER TABLE book MODIFY COLUMN pages INTEGER NOT NULL",
    ]


def test_a_text_of_mysql_takes_no_literal_default() -> None:
    pair = COLUMNS["add a text that must not be null"]

    assert texts(pair, MYSQL)[:2] == [
        f"ALTER TABLE book ADD COLUMN note TEXT {MARK}",
        "UPDATE book SET note = 'x'",
    ]
    assert texts(pair, MARIADB)[0].endswith("ADD COLUMN note TEXT NOT NULL DEFAULT 'x'")


def test_numbers_and_texts_have_a_neutral_value_by_themselves() -> None:
    after = book(col("n", nullable=False), col("day", sa.Date, nullable=False))
    fills = {"book": {"n": "0", "day": "'1970-01-01'"}}

    assert texts(Pair(before=PLAIN, after=after, fills=fills)) == [
        "ALTER TABLE book ADD COLUMN n INTEGER NOT NULL, "
        "ADD COLUMN day DATE NOT NULL DEFAULT '1970-01-01'",
        "ALTER TABLE book MODIFY COLUMN day DATE NOT NULL",
    ]


def test_names_are_exchanged_in_one_statement() -> None:
    assert texts(COLUMNS["exchange two columns"]) == [
        "ALTER TABLE book RENAME COLUMN a TO b, RENAME COLUMN b TO a"
    ]
    assert texts(TABLES["exchange two tables"]) == [
        "RENAME TABLE a TO whimbrel_old_a, b TO a, whimbrel_old_a TO b"
    ]
    assert texts(CONSTRAINTS["exchange the names of two indexes"]) == [
        "ALTER TABLE book RENAME INDEX ix TO iy, RENAME INDEX iy TO ix"
    ]


def test_an_old_mariadb_restates_a_renamed_column() -> None:
    old = database_for("mysql", (10, 4, 0), is_mariadb=True)

    assert texts(COLUMNS["rename a column"], old) == [
        "ALTER TABLE book CHANGE COLUMN title name VARCHAR(50)"
    ]
    assert texts(CONSTRAINTS["rename an index"], old) == [
        "ALTER TABLE book DROP INDEX ix, ADD INDEX ix2 (title)"
    ]


def test_mysql_drops_what_depends_on_a_renamed_column_first() -> None:
    assert texts(COLUMNS["rename a column that is used everywhere"], MYSQL) == [
        "ALTER TABLE book DROP CHECK ck_n, DROP COLUMN twice",
        "ALTER TABLE book RENAME COLUMN n TO m",
        "ALTER TABLE book ADD COLUMN twice INTEGER GENERATED ALWAYS AS (m * 2) STORED, "
        "ADD CONSTRAINT ck_n CHECK (m > 0)",
    ]


def test_an_index_gives_way_when_its_successor_comes() -> None:
    assert texts(KEYS["one index takes over from another"]) == [
        "ALTER TABLE book DROP INDEX uq, ADD INDEX ix (author_id, n)"
    ]
    assert texts(KEYS["it takes over while rows are filled"]) == [
        f"ALTER TABLE book ADD COLUMN m INTEGER {MARK}",
        "UPDATE book SET m = id * 2",
        "ALTER TABLE book DROP INDEX uq, MODIFY COLUMN m INTEGER NOT NULL, "
        "ADD INDEX ix (author_id, m)",
    ]


def test_the_index_of_a_foreign_key_goes_with_it() -> None:
    assert texts(KEYS["drop a foreign key"]) == [
        "ALTER TABLE book DROP FOREIGN KEY fk",
        "ALTER TABLE book DROP INDEX fk",
    ]


def test_both_ends_of_a_foreign_key_change_without_it() -> None:
    assert texts(TABLES["change both ends of a foreign key"]) == [
        "ALTER TABLE book DROP FOREIGN KEY fk_author",
        "ALTER TABLE author MODIFY COLUMN id BIGINT NOT NULL AUTO_INCREMENT",
        "ALTER TABLE book MODIFY COLUMN author_id BIGINT",
        "ALTER TABLE book ADD CONSTRAINT fk_author "
        "FOREIGN KEY(author_id) REFERENCES author (id)",
    ]


def test_names_that_nobody_gave_are_looked_up() -> None:
    pair = CONSTRAINTS["add an unnamed check"].reversed()
    [statement] = MYSQL.compile(pair.change(MYSQL.lower_table))

    assert statement.sql == "ALTER TABLE book DROP CHECK {name}"
    assert statement.lookups == (
        Lookup(
            kind="check",
            table=(None, "book"),
            columns=("title",),
            sql="CHECK (title <> '')",
        ),
    )


def test_a_cast_goes_through_a_second_column() -> None:
    assert texts(OWN_COLUMNS["a cast"]) == [
        "ALTER TABLE t DROP INDEX ix_t_a",
        "ALTER TABLE t RENAME COLUMN a TO whimbrel_old_a",
        f"ALTER TABLE t ADD COLUMN a INTEGER {MARK}",
        "UPDATE t SET a = coalesce(length(whimbrel_old_a), -1)",
        "ALTER TABLE t MODIFY COLUMN a INTEGER NOT NULL, DROP COLUMN whimbrel_old_a, "
        "ADD INDEX ix_t_a (a)",
    ]


@pytest.mark.parametrize(
    ("name", "clause"),
    [
        ("another engine", "ENGINE=InnoDB"),
        ("a comment goes", "COMMENT=''"),
    ],
)
def test_options_go_back_to_what_is_natural(name: str, clause: str) -> None:
    database = database_for("mysql")

    assert texts(OPTIONS[name], database) == [f"ALTER TABLE t {clause}"]


def test_a_charset_changes_with_the_columns_that_have_none() -> None:
    assert texts(OPTIONS["another charset"], MYSQL) == [
        "ALTER TABLE t MODIFY COLUMN a VARCHAR(50), MODIFY COLUMN b TEXT, "
        "CHARSET=latin1"
    ]


def test_the_charset_of_the_database_comes_back_by_its_collation() -> None:
    pair = OPTIONS["another charset"].reversed()
    first, second = MYSQL.compile(pair.change(MYSQL.lower_table))

    assert first.sql == "ALTER TABLE t DEFAULT COLLATE={name}"
    assert first.lookups == (Lookup(kind="collation", table=(None, "t"), columns=()),)
    assert second.sql == (
        "ALTER TABLE t MODIFY COLUMN a VARCHAR(50), MODIFY COLUMN b TEXT"
    )


def test_mysql_adds_one_full_text_index_at_a_time() -> None:
    assert texts(KEYS["full texts"], MYSQL) == [
        "ALTER TABLE t ADD FULLTEXT INDEX fa (a)",
        "ALTER TABLE t ADD FULLTEXT INDEX fb (b)",
    ]


def test_mysql_refuses_to_add_a_default_that_a_replica_could_compute_otherwise() -> (
    None
):
    pair = OWN_COLUMNS["a default that is another in every row"]

    assert texts(pair, MYSQL) == [
        f"ALTER TABLE t ADD COLUMN a VARCHAR(36) {MARK}, "
        f"ADD COLUMN b VARCHAR(36) {MARK}, ADD COLUMN c VARCHAR(90) {MARK}",
        "UPDATE t SET a = (uuid())",
        "UPDATE t SET b = (uuid())",
        "UPDATE t SET c = (user())",
        "ALTER TABLE t MODIFY COLUMN a VARCHAR(36) NOT NULL DEFAULT (uuid()), "
        "MODIFY COLUMN b VARCHAR(36) DEFAULT (uuid()), "
        "MODIFY COLUMN c VARCHAR(90) DEFAULT (user())",
    ]
    assert texts(pair, MARIADB)[0].startswith(
        "ALTER TABLE t ADD COLUMN a VARCHAR(36) NOT NULL DEFAULT (uuid())"
    )


def test_percent_signs_backslashes_and_quotes() -> None:
    after = table("t", col("a", TEXT, comment="it's 5 % \\"))

    [sql] = texts(Pair(before=table("t", col("a", TEXT)), after=after))

    assert sql.endswith("COMMENT 'it''s 5 % \\\\'")


def test_each_database_has_its_own_reserved_words() -> None:
    pair = Pair(before=PLAIN, after=book(col("offset")))

    assert texts(pair, MARIADB) == ["ALTER TABLE book ADD COLUMN `offset` INTEGER"]
    assert texts(pair, MYSQL) == ["ALTER TABLE book ADD COLUMN offset INTEGER"]


VERSIONS = {
    "MySQL 5.7": database_for("mysql", (5, 7, 44)),
    "MySQL 8.0.16": database_for("mysql", (8, 0, 16)),
    "MySQL 8.4": database_for("mysql", (8, 4, 2)),
    "MySQL 9.7": database_for("mysql", (9, 7, 4)),
    "MariaDB 10.4": database_for("mysql", (10, 4), is_mariadb=True),
    "MariaDB 10.5": database_for("mysql", (10, 5, 23), is_mariadb=True),
    "MariaDB 11.8": database_for("mysql", (11, 8, 9), is_mariadb=True),
    "MariaDB 12": database_for("mysql", (12, 1), is_mariadb=True),
}


@pytest.mark.parametrize("version", VERSIONS)
def test_columns_and_indexes_are_renamed_in_the_words_of_a_version(
    version: str,
) -> None:
    """RENAME COLUMN: MySQL 8.0.3, MariaDB 10.5.2; RENAME INDEX: 5.7, 10.5.2."""
    database = VERSIONS[version]
    column = "RENAME COLUMN title TO name"
    if version in ("MySQL 5.7", "MariaDB 10.4"):
        column = "CHANGE COLUMN title name VARCHAR(50)"
    index = "RENAME INDEX ix TO ix2"
    if version == "MariaDB 10.4":
        index = "DROP INDEX ix, ADD INDEX ix2 (title)"

    assert texts(COLUMNS["rename a column"], database) == [f"ALTER TABLE book {column}"]
    assert texts(CONSTRAINTS["rename an index"], database) == [
        f"ALTER TABLE book {index}"
    ]


@pytest.mark.parametrize("version", [v for v in VERSIONS if v != "MySQL 5.7"])
def test_a_check_is_dropped_in_the_words_of_a_version(version: str) -> None:
    """MariaDB has no DROP CHECK; MySQL's DROP CONSTRAINT came with 8.0.19."""
    pair = Pair(before=book(col("n"), check("n > 0", name="ck")), after=book(col("n")))
    word = "CHECK" if version.startswith("MySQL") else "CONSTRAINT"

    assert texts(pair, VERSIONS[version]) == [f"ALTER TABLE book DROP {word} ck"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_changed_column_is_restated_in_full(version: str) -> None:
    """MODIFY loses what it does not say: comment, default, NOT NULL, collation."""
    kind = sa.String(20, collation="utf8mb4_bin")
    wide = sa.String(30, collation="utf8mb4_bin")
    more = {"nullable": False, "server_default": "x", "comment": "kept"}
    pair = Pair(
        before=table("t", col("a", kind, **more)),
        after=table("t", col("a", wide, **more)),
    )

    assert texts(pair, VERSIONS[version]) == [
        "ALTER TABLE t MODIFY COLUMN a VARCHAR(30) COLLATE utf8mb4_bin NOT NULL "
        "DEFAULT 'x' COMMENT 'kept'"
    ]
