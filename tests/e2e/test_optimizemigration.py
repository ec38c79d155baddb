"""`whimbrel optimizemigration`, through the command line."""

from __future__ import annotations

import pytest

from e2e.project import Project

INITIAL = """
    from whimbrel import migrations, models


    def fill(apps, schema_editor):
        pass


    class Migration(migrations.Migration):
        initial = True
        atomic = False

        operations = [
            # The shelf has its own model later.
            migrations.CreateModel(
                "Book", [("id", models.BigAutoField(primary_key=True))]
            ),
            migrations.AddField("Book", "shelf", models.IntegerField(null=True)),
            migrations.RenameField("Book", "shelf", "place"),
            migrations.RunPython(fill, fill),
        ]
"""


@pytest.fixture
def library(project: Project) -> Project:
    project.write("whimbrel.toml", '[apps]\nlibrary = "library"\n')
    project.write("library/models.py", "")
    project.write("library/migrations/0001_initial.py", INITIAL)
    return project


def test_the_file_gets_shorter_and_does_the_same(library: Project) -> None:
    """Once; and what stands around the operations is as it was."""
    before = library.ok("sqlmigrate", "library", "0001").stdout

    done = library.ok("optimizemigration", "library", "0001")

    assert "4 operations became 2." in done.stdout
    text = library.read("library/migrations/0001_initial.py")
    for kept in ("atomic = False", "RunPython(fill, fill)", "# The shelf", "def fill"):
        assert kept in text
    after = library.ok("sqlmigrate", "library", "0001").stdout
    assert [line for line in after.splitlines() if line[:2] != "--"] == [
        line for line in before.splitlines() if line[:2] != "--"
    ]
    again = library.ok("optimizemigration", "library", "0001")
    assert again.stdout == "library.0001_initial: 2 operations, no fewer would do.\n"
    assert library.read("library/migrations/0001_initial.py") == text


def test_check_writes_nothing(library: Project) -> None:
    """Its exit status says whether there is something to do."""
    text = library.read("library/migrations/0001_initial.py")

    done = library.run("optimizemigration", "library", "0001", "--check")

    assert done.code == 1
    assert "Nothing was written." in done.stderr
    assert library.read("library/migrations/0001_initial.py") == text
    library.ok("optimizemigration", "library", "0001")
    assert library.run("optimizemigration", "library", "0001", "--check").code == 0


def test_a_program_reads_the_result(library: Project) -> None:
    shown = library.ok("optimizemigration", "library", "0001", "--format", "json").json
    assert (shown["given"], shown["shorter"], shown["written"]) == (4, True, True)
    assert [operation["text"] for operation in shown["operations"]] == [
        "Create model Book",
        "Raw Python operation",
    ]


def test_a_list_that_is_computed_is_left_alone(library: Project) -> None:
    text = library.read("library/migrations/0001_initial.py")
    library.write(
        "library/migrations/0001_initial.py",
        text.replace("operations = [", "operations = [] + ["),
    )

    refused = library.run("optimizemigration", "library", "0001")

    assert refused.code == 2
    assert "HI132" in refused.stderr


def test_wrong_names(library: Project) -> None:
    """An app and a migration that are not there."""
    assert "PR106" in library.run("optimizemigration", "shop", "0001").stderr
    assert "HI112" in library.run("optimizemigration", "library", "0009").stderr
