"""The life of a project with Django-style models, through the command line."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from e2e.project import CONTROL_C, Project

BOOK = """
    from whimbrel import models

    class Book(models.Model):
        title = models.CharField(max_length=100)
"""
NAMED = BOOK.replace("title", "name")
DATED = NAMED + "        published = models.DateField(null=True)\n"
PRICED = NAMED + "        price = models.IntegerField()\n"
RENAME = "rename-field:library.Book.title>name"
PRICE = "default:library.Book.price"


@pytest.fixture
def library(project: Project) -> Project:
    """A configured project with one model and one applied migration."""
    project.write("library/models.py", BOOK)
    project.ok("init")
    project.ok("makemigrations")
    project.ok("migrate")
    return project


def sql(project: Project, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(project.folder / "db.sqlite3")) as connection:
        rows = connection.execute(statement).fetchall()
        connection.commit()
        return rows


def tables(project: Project) -> list[str]:
    rows = sql(project, "SELECT name FROM sqlite_master WHERE type = 'table'")
    names = [str(name) for (name,) in rows]
    return sorted(n for n in names if not n.startswith(("sqlite_", "whimbrel_")))


def test_a_model_goes_to_the_database_and_back(project: Project) -> None:
    """init, makemigrations, migrate, zero: every command says what it did."""
    project.write("library/models.py", BOOK)

    project.ok("init")
    made = project.ok("makemigrations")
    done = project.ok("migrate")
    shown = project.ok("showmigrations")

    assert made.stdout == (
        "Migrations for library:\n"
        "  library/migrations/0001_initial.py\n"
        "    + Create model Book\n"
    )
    assert done.stdout.startswith("  Applying library.0001_initial… OK (")
    assert shown.stdout == "library\n [X] 0001_initial\n"
    assert tables(project) == ["library_book"]

    back = project.ok("migrate", "library", "zero")

    assert back.stdout.startswith("  Unapplying library.0001_initial… OK (")
    assert project.ok("showmigrations").stdout == "library\n [ ] 0001_initial\n"
    assert tables(project) == []


def test_a_settled_project_has_nothing_to_do(library: Project) -> None:
    """Law L9, and an up-to-date database."""
    assert library.ok("makemigrations").stdout == "No changes detected\n"
    assert library.ok("makemigrations", "--check").stdout == "No changes detected\n"
    assert library.ok("migrate").stdout == "No migrations to apply.\n"
    assert library.ok("migrate", "--check").stdout == ""
    assert library.ok("migrate", "--plan").stdout == (
        "No planned migration operations.\n"
    )
    assert library.ok("check").stdout == (
        "No problems in 1 app, 1 model, 1 migration, databases: default\n"
    )


def test_a_rename_is_not_guessed(library: Project) -> None:
    """Without an answer nothing is written; the message can be pasted."""
    library.write("library/models.py", NAMED)

    outcome = library.run("makemigrations", "--noinput")

    assert outcome.code == 3
    assert f"  {RENAME}: Was library.Book.title renamed to Book.name" in outcome.stderr
    assert f"  --answer '{RENAME}=true'\n" in outcome.stderr
    assert library.files("library/migrations/0*.py") == [
        "library/migrations/0001_initial.py"
    ]


@pytest.mark.parametrize(
    ("arguments", "operations", "kept"),
    [
        pytest.param(
            ["--answer", f"{RENAME}=true"],
            "    ~ Rename field title on Book to name\n",
            True,
            id="answered yes",
        ),
        pytest.param(
            ["--answer", f"{RENAME}=false", "--answer", "default:library.Book.name=''"],
            "    - Remove field title from Book\n    + Add field name to Book\n",
            False,
            id="answered no",
        ),
        pytest.param(
            ["--no-rename", "--answer", "default:library.Book.name=''"],
            "    - Remove field title from Book\n    + Add field name to Book\n",
            False,
            id="no renames at all",
        ),
    ],
)
def test_an_answer_decides_over_a_rename(
    library: Project, arguments: list[str], operations: str, kept: bool
) -> None:
    """The rows stay, or their column goes."""
    sql(library, "INSERT INTO library_book (title) VALUES ('Emma')")
    library.write("library/models.py", NAMED)

    made = library.ok("makemigrations", "--noinput", *arguments)
    library.ok("migrate")

    assert made.stdout.endswith(operations)
    assert sql(library, "SELECT name FROM library_book") == [("Emma" if kept else "",)]
    assert library.ok("makemigrations").stdout == "No changes detected\n"


def test_answers_come_from_a_file(library: Project) -> None:
    """--answers FILE, in JSON."""
    library.write("library/models.py", NAMED)
    library.write("answers.json", json.dumps({RENAME: True}))

    made = library.ok("makemigrations", "--answers", "answers.json")

    assert "Rename field title on Book to name" in made.stdout


def test_a_hint_in_the_model_answers(library: Project) -> None:
    """renamed_from asks nobody."""
    library.write(
        "library/models.py",
        NAMED.replace("max_length=100", 'max_length=100, renamed_from="title"'),
    )

    made = library.ok("makemigrations", "--noinput")

    assert "Rename field title on Book to name" in made.stdout


def test_questions_are_data(library: Project) -> None:
    """The fixed form of DESIGN.md §3."""
    library.write("library/models.py", NAMED)

    outcome = library.ok("makemigrations", "--questions", "--format", "json")

    (question,) = outcome.json["questions"]
    assert set(question) == {
        "id",
        "kind",
        "app",
        "model",
        "field",
        "type",
        "text",
        "choices",
        "default",
    }
    assert (question["id"], question["kind"]) == (RENAME, "rename-field")
    assert (question["app"], question["model"], question["field"]) == (
        "library",
        "Book",
        "name",
    )


def test_a_person_is_asked_at_a_terminal(library: Project) -> None:
    """One question after another; a wrong answer is asked again."""
    sql(library, "INSERT INTO library_book (title) VALUES ('Emma')")
    library.write("library/models.py", PRICED)

    outcome = library.typed("makemigrations", keys=["y\n", "nonsense\n", "1 + 1\n"])

    assert outcome.code == 0, outcome.stdout
    assert "Was library.Book.title renamed to Book.name" in outcome.stdout
    assert "NameError: name 'nonsense' is not defined" in outcome.stdout
    assert "+ Add field price to Book" in outcome.stdout
    library.ok("migrate")
    assert sql(library, "SELECT name, price FROM library_book") == [("Emma", 2)]


def test_a_person_may_leave(library: Project) -> None:
    """quit writes nothing."""
    library.write("library/models.py", BOOK + "        price = models.IntegerField()\n")

    outcome = library.typed("makemigrations", keys=["quit\n"])

    assert outcome.code == 3, outcome.stdout
    assert outcome.stdout.endswith("Nothing was written.\n")
    assert len(library.files("library/migrations/0*.py")) == 1


def test_control_c_leaves_with_130(library: Project) -> None:
    """As every program does."""
    library.write("library/models.py", NAMED)

    outcome = library.typed("makemigrations", keys=[CONTROL_C])

    assert outcome.code == 130, outcome.stdout
    assert len(library.files("library/migrations/0*.py")) == 1


def test_a_check_says_no(library: Project) -> None:
    """Exit code 1, and nothing is written."""
    library.write(
        "library/models.py", BOOK + "        n = models.IntegerField(null=True)\n"
    )

    made = library.run("makemigrations", "--check")
    found = library.run("check")

    assert (made.code, found.code) == (1, 1)
    assert "+ Add field n to Book" in made.stdout
    assert "[CH102] models have changes that no migration has: library" in found.stdout
    assert len(library.files("library/migrations/0*.py")) == 1


def test_a_dry_run_shows_the_file(library: Project) -> None:
    """-v prints the text."""
    library.write(
        "library/models.py", BOOK + "        n = models.IntegerField(null=True)\n"
    )

    outcome = library.ok("makemigrations", "--dry-run", "-v")
    as_json = library.ok("makemigrations", "--dry-run", "--format", "json").json

    assert "class Migration(migrations.Migration):" in outcome.stdout
    assert outcome.stderr == "Nothing was written.\n"
    (migration,) = as_json["migrations"]
    assert (migration["app"], migration["name"]) == ("library", "0002_book_n")
    assert migration["path"] == "library/migrations/0002_book_n.py"
    assert migration["operations"][0]["text"] == "Add field n to Book"
    assert not as_json["written"]
    assert len(library.files("library/migrations/0*.py")) == 1


def test_scripts_get_paths_alone(library: Project) -> None:
    """--scriptable: stdout holds the files."""
    library.write(
        "library/models.py", BOOK + "        n = models.IntegerField(null=True)\n"
    )

    outcome = library.ok("makemigrations", "--scriptable")

    assert outcome.stdout == "library/migrations/0002_book_n.py\n"
    assert "+ Add field n to Book" in outcome.stderr


def test_a_migration_is_made_to_be_filled_in(library: Project) -> None:
    """--empty --name, without a header."""
    outcome = library.ok(
        "makemigrations", "library", "--empty", "--name", "fill", "--no-header"
    )

    assert outcome.stdout == (
        "Migrations for library:\n"
        "  library/migrations/0002_fill.py\n"
        "    (no operations)\n"
    )
    assert library.read("library/migrations/0002_fill.py") == (
        "from whimbrel import migrations\n\n\n"
        "class Migration(migrations.Migration):\n"
        '    dependencies = [\n        ("library", "0001_initial"),\n    ]\n\n'
        "    operations = []\n"
    )


def test_the_plan_says_what_would_be_done(library: Project) -> None:
    """Text and JSON; nothing is run."""
    library.write(
        "library/models.py", BOOK + "        n = models.IntegerField(null=True)\n"
    )
    library.ok("makemigrations")

    plan = library.ok("migrate", "--plan")
    back = library.ok("migrate", "library", "zero", "--plan")
    as_json = library.ok("migrate", "--plan", "--format", "json").json
    checked = library.run("migrate", "--check")

    assert plan.stdout == "library.0002_book_n\n  + Add field n to Book\n"
    assert back.stdout == (
        "library.0001_initial (taken back)\n  + Undo Create model Book\n"
        "  ! drops table library_book and all its rows\n"
    )
    assert as_json["database"] == "default"
    assert [one["name"] for one in as_json["plan"]] == ["0002_book_n"]
    assert (checked.code, checked.stdout) == (1, "")


def test_records_are_faked(library: Project) -> None:
    """--fake touches no table, --fake-initial only what is there."""
    library.ok("migrate", "library", "zero", "--fake")
    assert tables(library) == ["library_book"]

    faked = library.ok("migrate", "--fake-initial")

    assert faked.stdout == "  Applying library.0001_initial… FAKED\n"
    assert library.ok("showmigrations").stdout == "library\n [X] 0001_initial\n"


def test_a_target_goes_up_to_itself_and_no_further(library: Project) -> None:
    """Forwards and backwards, by the beginning of a name."""
    library.ok("makemigrations", "--empty", "library", "--name", "one")
    library.ok("makemigrations", "--empty", "library", "--name", "two")

    library.ok("migrate", "library", "0002")
    up = library.ok("showmigrations").stdout
    library.ok("migrate")
    library.ok("migrate", "library", "0001")
    down = library.ok("showmigrations", "--plan").stdout

    assert up == "library\n [X] 0001_initial\n [X] 0002_one\n [ ] 0003_two\n"
    assert down == (
        "[X] library.0001_initial\n[ ] library.0002_one\n[ ] library.0003_two\n"
    )


def test_sql_is_printed_without_a_database(library: Project) -> None:
    """Forwards and backwards, for any database."""
    (library.folder / "db.sqlite3").unlink()

    own = library.ok("sqlmigrate", "library", "0001")
    other = library.ok("sqlmigrate", "library", "0001", "--dialect", "postgresql")
    back = library.ok("sqlmigrate", "library", "0001", "--backwards")

    assert own.stdout.startswith("PRAGMA foreign_keys=OFF;\n")
    assert "BEGIN IMMEDIATE;\n--\n-- Create model Book\n--\nCREATE" in own.stdout
    assert ");\nCOMMIT;\nPRAGMA" in own.stdout
    assert "GENERATED BY DEFAULT AS IDENTITY" in other.stdout
    assert "DROP TABLE library_book;" in back.stdout.replace('"', "")
    assert library.files("*.sqlite3") == []


def test_a_statement_is_shown_when_asked(library: Project) -> None:
    """-vv prints what is executed."""
    library.ok("migrate", "library", "zero")

    outcome = library.ok("-vv", "migrate")

    assert "    + Create model Book\n" in outcome.stdout
    assert "CREATE TABLE library_book" in outcome.stdout.replace('"', "")


def test_json_lists_for_programs(library: Project) -> None:
    """showmigrations, sqlmigrate and check."""
    shown = library.ok("showmigrations", "--format", "json").json
    printed = library.ok("sqlmigrate", "library", "0001", "--format", "json").json
    checked = library.ok("check", "--format", "json").json

    assert [(one["name"], one["applied"]) for one in shown["migrations"]] == [
        ("0001_initial", True)
    ]
    assert printed["steps"][0]["operations"] == ["Create model Book"]
    assert checked["findings"] == []


def test_sql_is_printed_for_a_version(library: Project) -> None:
    """What it says of a server, and an error for a text that says nothing."""
    library.ok("makemigrations")
    version = ("--server-version", "10.11.6-MariaDB", "--format", "json")
    own = library.ok("sqlmigrate", "library", "0001", "--dialect", "mysql", *version)
    bad = library.run("sqlmigrate", "library", "0001", "--server-version", "new")

    printed = json.loads(own.stdout)
    [statement] = printed["steps"][0]["statements"]
    assert printed["version"] == "10.11.6"
    assert statement["does"] == "create table library_book"
    assert statement["table"] == "library_book"
    assert (bad.code, bad.stderr.splitlines()[0]) == (
        2,
        "error[SC107]: 'new' is not the version of a server",
    )
