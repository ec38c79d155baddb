"""`whimbrel graph`: the migrations as a picture."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from e2e.project import Project

FIRST = """
    from whimbrel import migrations, models

    class Migration(migrations.Migration):
        initial = True
        operations = [
            migrations.CreateModel(
                "Book",
                [
                    ("id", models.BigAutoField(primary_key=True)),
                    ("title", models.CharField(max_length=100)),
                ],
            )
        ]
"""
SECOND = """
    from whimbrel import migrations

    def tell(apps, schema_editor):
        '''Say </script> "quoted" & <b>bold</b>.'''

    class Migration(migrations.Migration):
        dependencies = [("library", "0001_initial")]
        operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
"""
ORDER = """
    from whimbrel import migrations, models

    class Migration(migrations.Migration):
        initial = True
        dependencies = [("library", "0001_initial")]
        run_before = [("library", "0002_tell")]
        operations = [
            migrations.CreateModel(
                "Order",
                [
                    ("id", models.BigAutoField(primary_key=True)),
                    ("book", models.ForeignKey("library.Book", models.CASCADE)),
                ],
            )
        ]
"""


@pytest.fixture
def library(project: Project) -> Project:
    """Two apps, three migrations, one of them applied."""
    project.write("whimbrel.toml", '[apps]\nlibrary = "library"\nshop = "shop"\n')
    project.write("library/models.py", "")
    project.write("shop/models.py", "")
    project.write("library/migrations/0001_initial.py", FIRST)
    project.write("library/migrations/0002_tell.py", SECOND)
    project.write("shop/migrations/0001_initial.py", ORDER)
    project.ok("migrate", "library", "0001")
    return project


def test_the_text_for_mermaid_is_the_default(library: Project) -> None:
    """It fits into a README as it is."""
    drawn = library.ok("graph").stdout

    assert drawn.startswith(
        '---\ntitle: "Migrations of database default"\n---\nflowchart TB\n'
    )
    assert '    m0["✓ 0001_initial"]\n' in drawn
    assert '    m2["○ 0002_tell"]\n' in drawn
    assert "  m0 --> m1\n" in drawn
    assert "  m1 -. run_before .-> m2\n" in drawn
    assert "  class m0 applied\n  class m1,m2 pending\n" in drawn


def test_the_text_for_graphviz(library: Project) -> None:
    """With what each migration does, quoted."""
    drawn = library.ok("graph", "--format", "dot").stdout

    assert drawn.startswith("digraph migrations {\n")
    assert '  "library.0001_initial" -> "shop.0001_initial";\n' in drawn
    assert (
        '  "shop.0001_initial" -> "library.0002_tell" '
        '[style=dashed, label="run_before"];\n'
    ) in drawn
    assert r"</script> \"quoted\" & <b>bold</b>" in drawn


def test_a_program_reads_json(library: Project) -> None:
    """All that the pictures show."""
    said = library.ok("graph", "shop", "--format", "json").json

    assert said["database"] == "default"
    assert [
        (one["name"], one["status"], one["context"], one["after"])
        for one in said["migrations"]
    ] == [
        ("0001_initial", "applied", True, []),
        ("0001_initial", "pending", False, ["library.0001_initial"]),
    ]
    assert said["migrations"][1]["operations"] == [
        {"symbol": "+", "text": "Create model Order", "detail": "", "reversible": True}
    ]


def test_no_database_is_asked_offline(library: Project) -> None:
    """Nothing is marked then; an unreachable one is told so."""
    env = {"WHIMBREL_DATABASE_URL": "postgresql+psycopg://u:p@127.0.0.1:1/none"}

    asked = library.run("graph", env=env)
    offline = library.ok("graph", "--offline", env=env).stdout

    assert asked.code == 4
    assert "whimbrel graph --offline" in asked.stderr
    assert "class m0,m1,m2 unknown" in offline


def test_the_file_says_what_it_is_to_be(library: Project) -> None:
    """By the end of its name, unless --format says otherwise."""
    done = library.ok("graph", "--output", "all.dot")
    library.ok("graph", "--output", "all.txt")
    library.ok("graph", "--format", "json", "-o", "all.svgz")

    assert (done.stdout, done.stderr) == ("", "Wrote all.dot\n")
    assert library.read("all.dot").startswith("digraph")
    assert library.read("all.txt").startswith("---\ntitle")
    assert library.read("all.svgz").startswith("{")


def test_a_file_that_cannot_be_written(library: Project) -> None:
    """Is an error as any other."""
    failed = library.run("graph", "--output", "nowhere/all.dot")

    assert failed.code == 2
    assert "PR121" in failed.stderr


def test_a_lost_migration_is_named(library: Project) -> None:
    """To the person, beside the result."""
    library.ok("migrate")
    (library.folder / "library/migrations/0002_tell.py").unlink()
    library.write(
        "shop/migrations/0001_initial.py", ORDER.replace("run_before", "initial2")
    )

    drawn = library.ok("graph")

    assert drawn.stderr == "library.0002_tell: applied, but its file is gone\n"


def test_an_unknown_app_is_refused(library: Project) -> None:
    """With a neighbour's name."""
    failed = library.run("graph", "librari")

    assert failed.code == 2
    assert "did you mean 'library'?" in failed.stderr


def test_pictures_are_written_to_files(library: Project) -> None:
    """By the name of the file, or to a pipe."""
    library.ok("graph", "--output", "all.svg")
    library.ok("graph", "--output", "all.html")
    piped = library.ok("graph", "--format", "svg").stdout

    root = ElementTree.fromstring(library.read("all.svg"))
    assert root.get("aria-label") == "Migrations of database default, 3 migrations"
    assert piped == library.read("all.svg")
    assert library.read("all.html").startswith("<!doctype html>\n")


@pytest.mark.parametrize("form", ["svg", "html"])
def test_a_terminal_shows_no_pictures(library: Project, form: str) -> None:
    """Nobody wants a thousand lines of them there."""
    refused = library.typed("graph", "--format", form, keys=[])

    assert refused.code == 2
    assert f"Name a file: --output graph.{form}" in refused.stdout


def test_the_tables_at_a_point_of_the_history(library: Project) -> None:
    """No database is asked, whatever it has."""
    env = {"WHIMBREL_DATABASE_URL": "postgresql+psycopg://u:p@127.0.0.1:1/none"}

    drawn = library.ok("graph", "--schema", "shop", "0001", env=env).stdout
    said = library.ok("graph", "--schema", "--format", "json").json

    assert drawn == (
        '---\ntitle: "Tables of shop after 0001_initial (postgresql)"\n---\n'
        "erDiagram\n"
        '  "library_book" {\n'
        "    BIGINT id PK\n"
        "  }\n"
        '  "shop_order" {\n'
        "    BIGINT id PK\n"
        "    BIGINT book_id FK\n"
        "  }\n"
        '  "library_book" ||--o{ "shop_order" : "book_id"\n'
    )
    assert [one["name"] for one in said["entities"]] == ["library_book", "shop_order"]


def test_too_many_names_for_one_point(library: Project) -> None:
    """An app and a migration is all that there is to say."""
    refused = library.run("graph", "--schema", "library", "0001", "0002")

    assert refused.code == 2
    assert "--schema takes one APP and one MIGRATION." in refused.stderr
