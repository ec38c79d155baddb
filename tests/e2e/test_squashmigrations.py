"""`whimbrel squashmigrations`, through the command line."""

from __future__ import annotations

import pytest

from e2e.project import Project

FIRST = """
    from whimbrel import migrations, models

    class Migration(migrations.Migration):
        initial = True
        operations = [
            migrations.CreateModel(
                "Book", [("id", models.BigAutoField(primary_key=True))]
            )
        ]
"""
SECOND = """
    from whimbrel import migrations, models

    def fill(apps, schema_editor):
        \"\"\"Count the books.\"\"\"

    class Migration(migrations.Migration):
        dependencies = [("library", "0001_initial")]
        run_before = [("shop", "0001_initial")]
        atomic = False
        operations = [
            migrations.AddField("Book", "n", models.IntegerField(null=True)),
            migrations.RunSQL("UPDATE library_book SET n = 1", "", elidable=True),
            migrations.RunPython(fill, fill),
        ]
"""
THIRD = """
    from whimbrel import migrations, models

    class Migration(migrations.Migration):
        dependencies = [("library", "0002_n")]
        operations = [migrations.RenameField("Book", "n", "m")]
"""
SHOP = """
    from whimbrel import migrations, models

    class Migration(migrations.Migration):
        initial = True
        operations = [
            migrations.CreateModel(
                "Sale", [("id", models.BigAutoField(primary_key=True))]
            )
        ]
"""
SQUASH = "library/migrations/0001_squashed_0003_m.py"


@pytest.fixture
def library(project: Project) -> Project:
    project.write("whimbrel.toml", '[apps]\nlibrary = "library"\nshop = "shop"\n')
    for app in ("library", "shop"):
        project.write(f"{app}/models.py", "")
    project.write("library/migrations/0001_initial.py", FIRST)
    project.write("library/migrations/0002_n.py", SECOND)
    project.write("library/migrations/0003_m.py", THIRD)
    project.write("shop/migrations/0001_initial.py", SHOP)
    return project


def test_a_squash_does_what_its_members_do(library: Project) -> None:
    """On a new database, and on one that has them; every data step is explained."""
    done = library.ok("squashmigrations", "library", "0003")

    assert "5 operations became 3." in done.stdout
    assert "left out: Raw SQL operation: UPDATE library_book" in done.stdout
    assert "in the way: Raw Python operation: Count the books." in done.stdout
    assert "library.migrations.0002_n.fill" in done.stdout
    text = library.read(SQUASH)
    assert "atomic = False" in text
    assert '("shop", "0001_initial")' in text
    library.ok("migrate")
    shown = library.ok("showmigrations", "library").stdout
    assert shown == "library\n [X] 0001_squashed_0003_m (3 squashed migrations)\n"
    library.ok("migrate", "library", "zero")


def test_databases_that_have_some_or_all_members(library: Project) -> None:
    library.ok("migrate", "library", "0002")
    library.ok("squashmigrations", "library", "0003")

    done = library.ok("migrate")

    assert "Applying library.0003_m" in done.stdout
    assert "squashed" not in done.stdout
    assert "[-] 0001_squashed_0003_m" in library.ok("showmigrations").stdout
    library.ok("migrate")
    assert "[X] 0001_squashed_0003_m" in library.ok("showmigrations").stdout


def test_from_the_middle_and_again(library: Project) -> None:
    """A squash may be part of another one."""
    library.ok("squashmigrations", "library", "0002", "0003", "--squashed-name", "x")
    assert "initial = " not in library.read("library/migrations/0002_x.py")

    done = library.ok("squashmigrations", "library", "0002_x", "--noinput")

    assert "Squash of 2 migrations:" in done.stdout
    library.ok("migrate")
    assert "[X] 0001_squashed_0002_x (2 squ" in library.ok("showmigrations").stdout


def test_without_optimization(library: Project) -> None:
    shown = library.ok(
        *("squashmigrations", "library", "0003", "--no-optimize", "--format", "json")
    ).json
    assert (shown["given"], len(shown["operations"]), shown["written"]) == (5, 4, True)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("library", "0001"), "HI122"),
        (("library", "0003", "0002"), "HI122"),
        (("library", "0009"), "HI112"),
        (("nobody", "0001"), "PR106"),
        (("library", "0001", "0002", "0003"), "Give one or two"),
    ],
)
def test_what_is_refused(
    library: Project, arguments: tuple[str, ...], error: str
) -> None:
    refused = library.run("squashmigrations", *arguments)
    assert refused.code == 2
    assert error in refused.stderr


def test_another_app_in_between(library: Project) -> None:
    """The squash would have to run before and after it."""
    library.write(
        "library/migrations/0003_m.py",
        THIRD.replace('"0002_n")]', '"0002_n"), ("shop", "0001_initial")]'),
    )

    refused = library.run("squashmigrations", "library", "0003")

    assert refused.code == 2
    assert "shop.0001_initial comes after library.0002_n" in refused.stderr


def test_a_file_of_that_name(library: Project) -> None:
    """It is somebody's."""
    arguments = ("library", "0003", "--squashed-name", "initial")
    refused = library.run("squashmigrations", *arguments)
    assert refused.code == 2
    assert "HI120" in refused.stderr
