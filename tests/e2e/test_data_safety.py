"""What is lost is said, and rows and views in the way stop a run, as a user sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from e2e.project import Project
from whimbrel.testing.databases import Scratch

FIRST = """
    from whimbrel import migrations, models

    class Migration(migrations.Migration):
        initial = True
        operations = [
            migrations.CreateModel(
                name="Book",
                fields=[
                    ("id", models.IntegerField(primary_key=True)),
                    ("title", models.CharField(max_length=40, null=True)),
                    ("isbn", models.CharField(max_length=20, null=True)),
                ],
                options={"db_table": "book"},
            ),
        ]
"""
SECOND = """
    from whimbrel import migrations, models

    class Migration(migrations.Migration):
        dependencies = [("library", "0001_initial")]
        operations = [
            migrations.AddField("Book", "pages", models.IntegerField(null=True)),
            migrations.AlterField("Book", "title", models.CharField(max_length=9)),
            migrations.AddConstraint(
                "Book", models.UniqueConstraint(fields=["isbn"], name="one_isbn")
            ),
        ]
"""
MENDED = """
    from whimbrel import migrations, models

    def mend(apps, schema_editor):
        Book = apps.get_model("library", "Book")
        Book.objects.filter(title=None).update(title="?")
        Book.objects.filter(id=3).delete()

    class Migration(migrations.Migration):
        dependencies = [("library", "0001_initial")]
        operations = [migrations.RunPython(mend, migrations.RunPython.noop)]
"""
REMOVED = """
    from whimbrel import migrations

    class Migration(migrations.Migration):
        dependencies = [("library", "0001_initial")]
        operations = [migrations.RemoveField("Book", "isbn")]
"""


@pytest.fixture
def url(database: Scratch, tmp_path: Path) -> URL:
    """Each server in turn; SQLite in a file, for it is shared by processes."""
    url = make_url(database.url)
    if database.name == "sqlite":
        return url.set(database=str(tmp_path / "db.sqlite3"))
    return url


@pytest.fixture
def library(tmp_path: Path, url: URL) -> Project:
    project = Project(tmp_path)
    shown = url.render_as_string(hide_password=False)
    project.write("library/models.py", "")
    project.write("library/migrations/0001_initial.py", FIRST)
    project.write(
        "pyproject.toml",
        f"""
        [tool.whimbrel.databases.default]
        url = "{shown}"

        [tool.whimbrel.apps]
        library = "library"
        """,
    )
    project.ok("migrate")
    return project


def execute(url: URL, *statements: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


ROWS = (
    "INSERT INTO book (id, title, isbn) VALUES "
    "(1, 'Emma', '1'), (2, NULL, '2'), (3, 'Persuasion', '2')"
)


def test_rows_in_the_way_and_how_they_are_mended(library: Project, url: URL) -> None:
    execute(url, ROWS)
    library.write("library/migrations/0002_tight.py", SECOND)

    refused = library.run("migrate")

    assert refused.code == 4
    assert refused.stderr.splitlines()[1:] == [
        "error[EX107]: rows stand in the way of a change, which was not begun:",
        "  book: 1 row with texts longer than 9 in column title, which is to be "
        "shorter (id=3 title='Persuasion')",
        "  book: 1 row with NULL in column title, which is to take none (id=2)",
        "  book: 1 value of (isbn) in more than one row, which one_isbn forbids "
        "(isbn='2' in 2 rows)",
        "at: library.0002_tight, operation 2 (Alter field title on Book), "
        "operation 3 (Create constraint one_isbn on Book) of 3",
        "fix: mend or delete these rows, by hand or in a data migration before; or say "
        "how values are converted (using= in AlterField); or say what replaces a NULL "
        "(fill= in AlterField)",
    ]
    assert "0002_tight" in library.ok("showmigrations", "--plan").stdout

    library.write("library/migrations/0001_mend.py", MENDED)
    library.write(
        "library/migrations/0002_tight.py",
        SECOND.replace('"0001_initial"', '"0001_mend"'),
    )
    library.ok("migrate")
    library.ok("migrate", "library", "zero")


def test_the_plan_says_what_is_lost(library: Project) -> None:
    library.write("library/migrations/0002_remove.py", REMOVED)

    assert library.ok("migrate", "--plan").stdout.splitlines() == [
        "library.0002_remove",
        "  - Remove field isbn from Book",
        "  ! drops column book.isbn and what is in it",
    ]
    library.ok("migrate")
    assert library.ok("migrate", "library", "0001", "--plan").stdout.splitlines() == [
        "library.0002_remove (taken back)",
        "  - Undo Remove field isbn from Book",
        "  ! column book.isbn comes back empty",
    ]
    planned = library.ok("migrate", "library", "zero", "--plan", "--format", "json")
    assert [m["losses"] for m in planned.json["plan"]] == [
        [
            {
                "kind": "empty",
                "table": "book",
                "column": "isbn",
                "text": "column book.isbn comes back empty",
            }
        ],
        [
            {
                "kind": "table",
                "table": "book",
                "column": None,
                "text": "drops table book and all its rows",
            }
        ],
    ]


def test_whoever_asks_only_whether_there_is_a_plan_gets_no_losses(
    library: Project,
) -> None:
    """`migrate --check` shows none, so that none may cost it time."""
    library.write("library/migrations/0002_remove.py", REMOVED)

    checked = library.script(
        """
        import whimbrel.project.migrate as full
        from whimbrel.cli.main import main

        def refuse(*_):
            raise AssertionError("losses are looked for")

        full.losses_of_plan = refuse
        main(["migrate", "--check"])
        """
    )

    assert (checked.code, checked.stdout, checked.stderr) == (1, "", "")


def test_what_is_asked_is_printed(library: Project) -> None:
    library.write("library/migrations/0002_tight.py", SECOND)
    printed = library.ok("sqlmigrate", "library", "0002", "--format", "json").json
    (step,) = printed["steps"]
    assert len(step["checks"]) == 3
    assert any("IS NULL LIMIT 5" in check for check in step["checks"])


def test_a_view_on_what_goes(library: Project, url: URL) -> None:
    execute(url, "CREATE VIEW isbns AS SELECT isbn FROM book")
    library.write("library/migrations/0002_remove.py", REMOVED)

    outcome = library.run("migrate")

    if outcome.code == 0:  # where views become invalid by themselves
        assert "note: view isbns uses column book.isbn" in outcome.stderr
        return
    assert outcome.code == 4
    lines = outcome.stderr.splitlines()
    assert lines[1].startswith("error[EX108]: objects that no model knows depend")
    assert lines[2] == "  view isbns uses column book.isbn"
    assert "migrations.RunSQL(" in lines
    assert 'DROP VIEW "isbns";' in lines or "DROP VIEW isbns;" in lines
