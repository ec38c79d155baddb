"""
The catalog sees everything: no change of a schema goes unnoticed.

A yardstick that overlooks something proves nothing, so each case makes two
schemas that differ in one thing and looks whether the catalog tells them apart.
"""

from __future__ import annotations

import pytest

from whimbrel.facts import Facts
from whimbrel.testing.catalog import Catalog, catalog, differences
from whimbrel.testing.databases import Scratch

BASE = "CREATE TABLE u (id INTEGER PRIMARY KEY)"

EVERYWHERE = [
    ("a table", "", "CREATE TABLE t (a INTEGER)"),
    ("a column", "CREATE TABLE t (a INTEGER)", "CREATE TABLE t (a INTEGER, b INTEGER)"),
    ("a type", "CREATE TABLE t (a INTEGER)", "CREATE TABLE t (a BIGINT)"),
    ("a length", "CREATE TABLE t (a VARCHAR(3))", "CREATE TABLE t (a VARCHAR(4))"),
    ("not null", "CREATE TABLE t (a INTEGER)", "CREATE TABLE t (a INTEGER NOT NULL)"),
    ("a default", "CREATE TABLE t (a INTEGER)", "CREATE TABLE t (a INTEGER DEFAULT 1)"),
    (
        "a default's value",
        "CREATE TABLE t (a INTEGER DEFAULT 1)",
        "CREATE TABLE t (a INTEGER DEFAULT 2)",
    ),
    (
        "a default's type",
        "CREATE TABLE t (a VARCHAR(9) DEFAULT '1')",
        "CREATE TABLE t (a VARCHAR(9) DEFAULT '')",
    ),
    (
        "a generated column",
        "CREATE TABLE t (a INTEGER, b INTEGER)",
        "CREATE TABLE t (a INTEGER, b INTEGER GENERATED ALWAYS AS (a + 1) STORED)",
    ),
    (
        "a generated column's expression",
        "CREATE TABLE t (a INTEGER, b INTEGER GENERATED ALWAYS AS (a + 1) STORED)",
        "CREATE TABLE t (a INTEGER, b INTEGER GENERATED ALWAYS AS (a + 2) STORED)",
    ),
    (
        "a primary key",
        "CREATE TABLE t (a INTEGER NOT NULL)",
        "CREATE TABLE t (a INTEGER NOT NULL PRIMARY KEY)",
    ),
    (
        "a primary key's order",
        "CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, PRIMARY KEY (a, b))",
        "CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, PRIMARY KEY (b, a))",
    ),
    ("unique", "CREATE TABLE t (a INTEGER)", "CREATE TABLE t (a INTEGER UNIQUE)"),
    (
        "unique's name",
        "CREATE TABLE t (a INTEGER, CONSTRAINT x UNIQUE (a))",
        "CREATE TABLE t (a INTEGER, CONSTRAINT y UNIQUE (a))",
    ),
    ("a check", "CREATE TABLE t (a INT)", "CREATE TABLE t (a INT, CHECK (a > 0))"),
    (
        "a check's text",
        "CREATE TABLE t (a INT, CONSTRAINT c CHECK (a > 0))",
        "CREATE TABLE t (a INT, CONSTRAINT c CHECK (a > 1))",
    ),
    (
        "a check's name",
        "CREATE TABLE t (a INT, CONSTRAINT c CHECK (a > 0))",
        "CREATE TABLE t (a INT, CONSTRAINT d CHECK (a > 0))",
    ),
    (
        "a foreign key",
        "CREATE TABLE t (a INTEGER)",
        "CREATE TABLE t (a INTEGER, FOREIGN KEY (a) REFERENCES u (id))",
    ),
    (
        "a foreign key's action",
        "CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES u (id))",
        "CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES u (id) ON DELETE CASCADE)",
    ),
    (
        "a foreign key's update",
        "CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES u (id))",
        "CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES u (id) ON UPDATE CASCADE)",
    ),
    (
        "an index",
        "CREATE TABLE t (a INTEGER)",
        "CREATE TABLE t (a INTEGER); CREATE INDEX i ON t (a)",
    ),
    (
        "an index's uniqueness",
        "CREATE TABLE t (a INTEGER); CREATE INDEX i ON t (a)",
        "CREATE TABLE t (a INTEGER); CREATE UNIQUE INDEX i ON t (a)",
    ),
    (
        "an index's direction",
        "CREATE TABLE t (a INTEGER); CREATE INDEX i ON t (a)",
        "CREATE TABLE t (a INTEGER); CREATE INDEX i ON t (a DESC)",
    ),
    ("a view", "", "CREATE VIEW v AS SELECT id FROM u"),
]
SQLITE = [
    (
        "collation",
        "CREATE TABLE t (a TEXT)",
        "CREATE TABLE t (a TEXT COLLATE NOCASE)",
    ),
    (
        "AUTOINCREMENT",
        "CREATE TABLE t (a INTEGER PRIMARY KEY)",
        "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT)",
    ),
    (
        "WITHOUT ROWID",
        "CREATE TABLE t (a INTEGER PRIMARY KEY)",
        "CREATE TABLE t (a INTEGER PRIMARY KEY) WITHOUT ROWID",
    ),
    ("STRICT", "CREATE TABLE t (a TEXT)", "CREATE TABLE t (a TEXT) STRICT"),
    (
        "a partial index",
        "CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a)",
        "CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a) WHERE a > 'b'",
    ),
    (
        "an expression index",
        "CREATE TABLE t (a TEXT); CREATE INDEX i ON t (upper(a))",
        "CREATE TABLE t (a TEXT); CREATE INDEX i ON t (lower(a))",
    ),
    (
        "a deferrable foreign key",
        "CREATE TABLE t (a INT REFERENCES u (id))",
        "CREATE TABLE t (a INT REFERENCES u (id) DEFERRABLE INITIALLY DEFERRED)",
    ),
    (
        "a trigger",
        "CREATE TABLE t (a TEXT)",
        "CREATE TABLE t (a TEXT);"
        " CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t\\; END",
    ),
]
POSTGRESQL = [
    (
        "a table's schema",
        "CREATE SCHEMA s; CREATE TABLE t (a INT)",
        "CREATE SCHEMA s; CREATE TABLE s.t (a INT)",
    ),
    ("an enum", "", "CREATE TYPE e AS ENUM ('a', 'b')"),
    (
        "an enum's order",
        "CREATE TYPE e AS ENUM ('a', 'b')",
        "CREATE TYPE e AS ENUM ('b', 'a')",
    ),
    ("a sequence", "", "CREATE SEQUENCE s"),
    ("a sequence's start", "CREATE SEQUENCE s", "CREATE SEQUENCE s START 5"),
    (
        "a sequence's owner",
        "CREATE TABLE t (a INT); CREATE SEQUENCE s",
        "CREATE TABLE t (a INT); CREATE SEQUENCE s OWNED BY t.a",
    ),
    (
        "identity",
        "CREATE TABLE t (a INT GENERATED ALWAYS AS IDENTITY)",
        "CREATE TABLE t (a INT GENERATED BY DEFAULT AS IDENTITY)",
    ),
    (
        "collation",
        "CREATE TABLE t (a TEXT)",
        'CREATE TABLE t (a TEXT COLLATE "C")',
    ),
    (
        "a comment on a table",
        "CREATE TABLE t (a TEXT)",
        "CREATE TABLE t (a TEXT); COMMENT ON TABLE t IS 'x'",
    ),
    (
        "a comment on a column",
        "CREATE TABLE t (a TEXT)",
        "CREATE TABLE t (a TEXT); COMMENT ON COLUMN t.a IS 'x'",
    ),
    (
        "a comment on a constraint",
        "CREATE TABLE t (a INT, CONSTRAINT c CHECK (a > 0))",
        "CREATE TABLE t (a INT, CONSTRAINT c CHECK (a > 0));"
        " COMMENT ON CONSTRAINT c ON t IS 'x'",
    ),
    (
        "a constraint not validated",
        "CREATE TABLE t (a INT); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)",
        "CREATE TABLE t (a INT);"
        " ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
    ),
    (
        "deferrable unique",
        "CREATE TABLE t (a INT, CONSTRAINT x UNIQUE (a))",
        "CREATE TABLE t (a INT, CONSTRAINT x UNIQUE (a) DEFERRABLE)",
    ),
    (
        "an index's method",
        "CREATE TABLE t (a INT); CREATE INDEX i ON t (a)",
        "CREATE TABLE t (a INT); CREATE INDEX i ON t USING hash (a)",
    ),
    (
        "an index's included columns",
        "CREATE TABLE t (a INT, b INT); CREATE INDEX i ON t (a)",
        "CREATE TABLE t (a INT, b INT); CREATE INDEX i ON t (a) INCLUDE (b)",
    ),
    (
        "an index's operator class",
        "CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a)",
        "CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a text_pattern_ops)",
    ),
    (
        "an index's condition",
        "CREATE TABLE t (a INT); CREATE INDEX i ON t (a)",
        "CREATE TABLE t (a INT); CREATE INDEX i ON t (a) WHERE a > 0",
    ),
    (
        "storage options",
        "CREATE TABLE t (a INT)",
        "CREATE TABLE t (a INT) WITH (fillfactor = 50)",
    ),
    ("unlogged", "CREATE TABLE t (a INT)", "CREATE UNLOGGED TABLE t (a INT)"),
    ("a domain", "", "CREATE DOMAIN d AS INT CHECK (VALUE > 0)"),
    (
        "exclusion",
        "CREATE TABLE t (a INT4RANGE)",
        "CREATE TABLE t (a INT4RANGE, EXCLUDE USING gist (a WITH &&))",
    ),
]
MYSQL = [
    (
        "a comment on a column",
        "CREATE TABLE t (a INT)",
        "CREATE TABLE t (a INT COMMENT 'x')",
    ),
    (
        "a comment on a table",
        "CREATE TABLE t (a INT)",
        "CREATE TABLE t (a INT) COMMENT 'x'",
    ),
    (
        "collation of a column",
        "CREATE TABLE t (a VARCHAR(9))",
        "CREATE TABLE t (a VARCHAR(9) COLLATE utf8mb4_bin)",
    ),
    (
        "collation of a table",
        "CREATE TABLE t (a INT)",
        "CREATE TABLE t (a INT) COLLATE utf8mb4_bin",
    ),
    ("engine", "CREATE TABLE t (a INT)", "CREATE TABLE t (a INT) ENGINE=MyISAM"),
    ("unsigned", "CREATE TABLE t (a INT)", "CREATE TABLE t (a INT UNSIGNED)"),
    (
        "AUTO_INCREMENT",
        "CREATE TABLE t (a INT PRIMARY KEY)",
        "CREATE TABLE t (a INT PRIMARY KEY AUTO_INCREMENT)",
    ),
    (
        "ON UPDATE",
        "CREATE TABLE t (a DATETIME)",
        "CREATE TABLE t (a DATETIME ON UPDATE CURRENT_TIMESTAMP)",
    ),
    (
        "an inline enum",
        "CREATE TABLE t (a ENUM('x'))",
        "CREATE TABLE t (a ENUM('x', 'y'))",
    ),
    (
        "an index's prefix",
        "CREATE TABLE t (a VARCHAR(50), KEY i (a))",
        "CREATE TABLE t (a VARCHAR(50), KEY i (a(10)))",
    ),
    (
        "a full-text index",
        "CREATE TABLE t (a VARCHAR(50), KEY i (a))",
        "CREATE TABLE t (a VARCHAR(50), FULLTEXT KEY i (a))",
    ),
    (
        "virtual and stored",
        "CREATE TABLE t (a INT, b INT AS (a + 1) VIRTUAL)",
        "CREATE TABLE t (a INT, b INT AS (a + 1) STORED)",
    ),
]


def build(database: Scratch, script: str) -> Catalog:
    """Empty the database, run BASE and *script*, and return what is there."""
    database.reset()
    with database.engine.begin() as connection:
        for part in [BASE, *script.replace("\\;", "\0").split(";")]:
            if part.strip():
                connection.exec_driver_sql(part.replace("\0", ";"))
        return catalog(connection)


CASES = [
    *[("any", *case) for case in EVERYWHERE],
    *[("sqlite", *case) for case in SQLITE],
    *[("postgresql", *case) for case in POSTGRESQL],
    *[("mysql", *case) for case in MYSQL],
]


def test_every_difference_is_seen(database: Scratch, facts: Facts) -> None:
    """Two schemas that differ in one thing never look equal."""
    wrong = []
    for only, words, one, other in CASES:
        if words == "an index's direction" and not facts.descending_indexes:
            continue
        if only not in {"any", database.name}:
            continue
        a, b = build(database, one), build(database, other)
        if a == b or not differences(a, b) or not differences(b, a):
            wrong.append(words)

    assert wrong == []


def test_a_schema_built_twice_looks_equal(database: Scratch) -> None:
    """Object identifiers, positions and times are no facts."""
    for only, _, _, script in CASES:
        if only in {"any", database.name}:
            a, b = build(database, script), build(database, script)
            assert differences(a, b, column_order=True) == [], script


@pytest.mark.parametrize(
    ("at_once", "in_steps"),
    [
        pytest.param(
            "CREATE TABLE t (a INTEGER, b VARCHAR(10) DEFAULT 'x' NOT NULL)",
            "CREATE TABLE t (a INTEGER);"
            " ALTER TABLE t ADD COLUMN b VARCHAR(10) DEFAULT 'x' NOT NULL",
            id="add column",
        ),
        pytest.param(
            "CREATE TABLE t (a INTEGER, b INTEGER, CONSTRAINT c CHECK (b > 0))",
            "CREATE TABLE s (a INTEGER, x INTEGER, CONSTRAINT c CHECK (x > 0));"
            " ALTER TABLE s RENAME TO t; ALTER TABLE t RENAME COLUMN x TO b",
            id="rename table and column",
            marks=pytest.mark.needs("follows_renames"),
        ),
        pytest.param(
            "CREATE TABLE t (a INTEGER, b INTEGER, CONSTRAINT c CHECK (a > 0))",
            "CREATE TABLE s (a INTEGER, x INTEGER, CONSTRAINT c CHECK (a > 0));"
            " ALTER TABLE s RENAME TO t; ALTER TABLE t RENAME COLUMN x TO b",
            id="rename table and a column that nothing mentions",
        ),
        pytest.param(
            "CREATE TABLE t (a INTEGER)",
            "CREATE TABLE t (a INTEGER, b INTEGER); ALTER TABLE t DROP COLUMN b",
            id="drop column",
        ),
    ],
)
def test_the_way_to_a_schema_does_not_show(
    database: Scratch, at_once: str, in_steps: str
) -> None:
    """A table that was altered into its form equals one made in that form."""
    a, b = build(database, at_once), build(database, in_steps)

    assert differences(a, b, column_order=True) == []
