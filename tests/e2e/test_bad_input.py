"""What can be wrong: one clear message, the right exit code, nothing half-written."""

from __future__ import annotations

import pytest

from e2e.project import Outcome, Project

HEAD = "from whimbrel import models\n\n\n"
BOOK = HEAD + "class Book(models.Model):\n    title = models.CharField(max_length=9)\n"
CONFIG = '[apps]\nlibrary = "library"\n'
MIGRATION = """
    from whimbrel import migrations

    class Migration(migrations.Migration):
        dependencies = [("library", "{after}")]
"""


@pytest.fixture
def library(project: Project) -> Project:
    """A configured project without migrations."""
    project.write("whimbrel.toml", CONFIG)
    project.write("library/models.py", BOOK)
    return project


@pytest.fixture
def migrated(library: Project) -> Project:
    """The same with a first migration, applied."""
    library.ok("makemigrations")
    library.ok("migrate")
    return library


def refused(outcome: Outcome, text: str, code: int = 2) -> None:
    """Check that a command ended with *text* and no more."""
    assert outcome.stderr == text
    assert outcome.stdout == ""
    assert outcome.code == code


@pytest.mark.parametrize(
    ("models", "text"),
    [
        pytest.param(
            "import nothere\n",
            "error[PR111]: the models of app 'library' cannot be imported: "
            "ModuleNotFoundError: No module named 'nothere'\n"
            "at: library/models.py, line 1\n"
            "fix: make `python -c 'import library.models'` work, then run this again\n",
            id="a module that does not import",
        ),
        pytest.param(
            "class Book(:\n",
            "error[PR111]: the models of app 'library' cannot be imported: "
            "SyntaxError: invalid syntax\n"
            "at: library/models.py, line 1\n"
            "fix: make `python -c 'import library.models'` work, then run this again\n",
            id="a syntax error in the models",
        ),
        pytest.param(
            HEAD + "class A(models.Model):\n    class Meta:\n        db_table = 'x'\n\n"
            "class B(models.Model):\n    class Meta:\n        db_table = 'x'\n",
            "error[MO108]: library.A and library.B use the same table 'x'\n"
            "at: library/models.py, line 8\n"
            "fix: give one of them another db_table, or set managed = False on it\n",
            id="two models with one table",
        ),
        pytest.param(
            HEAD + "class A(models.Model):\n"
            "    b = models.ForeignKey('A', models.CASCADE)\n"
            "    b_id = models.IntegerField()\n",
            "error[MO105]: field 'b' clashes with 'b_id': it uses the name 'b_id'\n"
            "at: library.A\n"
            "fix: rename one of the two\n",
            id="a field that clashes",
        ),
        pytest.param(
            BOOK + "    by = models.ForeignKey('Auhtor', models.CASCADE)\n\n\n"
            "class Author(models.Model):\n    pass\n",
            "error[MO109]: there is no model 'library.auhtor'\n"
            "at: library.Book.by\n"
            "fix: did you mean 'library.Author'?\n",
            id="an unknown relation target",
        ),
        pytest.param(
            BOOK + "    n = models.IntegerField(default=lambda: 3)\n",
            None,
            id="an unserialisable default",
        ),
    ],
)
def test_models_that_are_wrong(library: Project, models: str, text: str | None) -> None:
    """Exit code 2; no folder of migrations, no database."""
    library.write("library/models.py", models)

    outcome = library.run("makemigrations")

    if text is None:
        assert outcome.code == 2
        assert outcome.stderr.startswith("error[HI130]: cannot write <function Book.")
        assert "a lambda has no name" in outcome.stderr
    else:
        refused(outcome, text)
    assert library.files() == [
        "library/__init__.py",
        "library/models.py",
        "whimbrel.toml",
    ]


def test_a_model_that_no_app_has(library: Project) -> None:
    """It would be left out without a word."""
    library.write("whimbrel.toml", '[apps]\nshop = { models = "library.models" }\n')
    library.write("library/stock.py", BOOK.replace("Book", "Item"))
    library.write("library/models.py", "from library import stock\n" + BOOK)

    refused(
        library.run("makemigrations"),
        "error[PR123]: model 'library.Item' belongs to the app 'library', which is not "
        "configured\n"
        "at: library.stock\n"
        "fix: add 'library' under [tool.whimbrel.apps], or write app_label = … of a "
        "configured app into the model's Meta\n",
    )


TABLE = """
    from sqlalchemy import ForeignKey, Integer
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    class Base(DeclarativeBase):
        pass

    class Author(Base):
        __tablename__ = "author"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Book(Base):
        __tablename__ = "{name}"
        id: Mapped[int] = mapped_column(primary_key=True)
        by: Mapped[int] = mapped_column(Integer, ForeignKey("{target}"))
"""


@pytest.mark.parametrize(
    ("name", "target", "text"),
    [
        pytest.param(
            "author",
            "author.id",
            "error[PR111]: the models of app 'library' cannot be imported: "
            "InvalidRequestError: Table 'author' is already defined for this MetaData "
            "instance.  Specify 'extend_existing=True' to redefine options and columns "
            "on an existing Table object.\n"
            "at: library/models.py, line 11\n"
            "fix: make `python -c 'import library.models'` work, then run this again\n",
            id="two classes with one table",
        ),
        pytest.param(
            "book",
            "auhtor.id",
            "error[PR122]: a foreign key of table 'book' leads to 'auhtor.id', but "
            "there is no 'auhtor'\n"
            "at: table book\n"
            "fix: did you mean 'author'?\n",
            id="an unknown table",
        ),
        pytest.param(
            "book",
            "author.idx",
            "error[PR122]: a foreign key of table 'book' leads to 'author.idx', but "
            "there is no 'idx'\n"
            "at: table book\n"
            "fix: did you mean 'id'?\n",
            id="an unknown column",
        ),
    ],
)
def test_tables_that_are_wrong(
    library: Project, name: str, target: str, text: str
) -> None:
    """The same for SQLAlchemy's models."""
    library.write("library/models.py", TABLE.format(name=name, target=target))

    refused(library.run("makemigrations"), text)


@pytest.mark.parametrize("command", ["migrate", "makemigrations", "showmigrations"])
@pytest.mark.parametrize(
    ("files", "text"),
    [
        pytest.param(
            {"0002_x": "class Migration(:\n"},
            "error[HI101]: the migration file cannot be loaded: invalid syntax\n"
            "at: library/migrations/0002_x.py:1\n"
            "fix: correct the file, or take it away if it is no migration (names that "
            "start with _ or ~ are left alone)\n",
            id="a syntax error",
        ),
        pytest.param(
            {"0002_x": MIGRATION.format(after="0001_intial")},
            "error[HI107]: dependencies of library.0002_x: there is no migration "
            "library.0001_intial\n"
            "at: library/migrations/0002_x.py\n"
            "fix: did you mean '0001_initial'?\n",
            id="a missing dependency",
        ),
        pytest.param(
            {
                "0002_x": MIGRATION.format(after="0003_y"),
                "0003_y": MIGRATION.format(after="0002_x"),
            },
            "error[HI111]: migrations depend on each other: library.0002_x -> "
            "library.0003_y -> library.0002_x\n"
            "fix: take one of these dependencies away; where a squash takes part, "
            "squash fewer migrations at once\n",
            id="a cycle",
        ),
    ],
)
def test_migration_files_that_are_wrong(
    migrated: Project, files: dict[str, str], text: str, command: str
) -> None:
    """Whoever reads the history says the same."""
    for name, content in files.items():
        migrated.write(f"library/migrations/{name}.py", content)

    refused(migrated.run(command), text)

    assert len(migrated.files("library/migrations/0*.py")) == 1 + len(files)


@pytest.mark.parametrize("command", ["migrate", "makemigrations"])
def test_two_leaves_must_be_joined(migrated: Project, command: str) -> None:
    """The message names the command, and the command does it."""
    for name in ("0002_x", "0002_y"):
        text = MIGRATION.format(after="0001_initial")
        migrated.write(f"library/migrations/{name}.py", text)

    outcome = migrated.run(command)
    merged = migrated.ok("makemigrations", "--merge", "--noinput")

    refused(
        outcome,
        "error[HI118]: the history branches: 0002_x, 0002_y in library\n"
        "fix: join the branches with `whimbrel makemigrations --merge`\n",
    )
    assert merged.stdout == (
        "Migrations for library:\n"
        "  library/migrations/0003_merge_0002_x_0002_y.py\n"
        "    (no operations)\n"
    )
    migrated.ok("migrate")
    assert migrated.ok("makemigrations", "--merge").stdout == (
        "No conflicts to merge.\n"
    )


def test_branches_that_clash_need_an_answer(migrated: Project) -> None:
    """Exit code 3; the order of two changes to one field matters."""
    for name, length in (("0002_x", 20), ("0002_y", 30)):
        migrated.write(
            f"library/migrations/{name}.py",
            MIGRATION.format(after="0001_initial")
            + "        operations = [migrations.AlterField('book', 'title', "
            f"models.CharField(max_length={length}))]\n"
            "    from whimbrel import models\n",
        )
        text = migrated.read(f"library/migrations/{name}.py")
        migrated.write(
            f"library/migrations/{name}.py", "from whimbrel import models\n" + text
        )

    outcome = migrated.run("makemigrations", "--merge", "--noinput")
    merged = migrated.ok("makemigrations", "--merge", "--answer", "merge:library=true")

    assert outcome.code == 3
    assert "  merge:library: The branches of library touch the same" in outcome.stderr
    assert "0003_merge_0002_x_0002_y.py" in merged.stdout


def test_a_file_that_is_gone(migrated: Project) -> None:
    """An applied migration that is missing on disk, and how to forget it."""
    migrated.ok("makemigrations", "--empty", "library", "--name", "gone")
    migrated.ok("migrate")
    (migrated.folder / "library/migrations/0002_gone.py").unlink()

    outcome = migrated.run("migrate")
    shown = migrated.ok("showmigrations")
    pruned = migrated.ok("migrate", "library", "--prune")

    refused(
        outcome,
        "error[HI117]: library.0002_gone is applied, but there is no file of it here\n"
        "at: database 'default', table whimbrel_migrations\n"
        "fix: check out the branch that has the file; if it is gone for good, remove "
        "the record with `whimbrel migrate library --prune`\n",
    )
    assert shown.stderr == "library.0002_gone: applied, but its file is gone\n"
    assert pruned.stdout == "Pruned library.0002_gone\n"
    assert migrated.ok("migrate").stdout == "No migrations to apply.\n"


@pytest.mark.parametrize("command", ["migrate", "showmigrations"])
def test_a_database_that_does_not_answer(library: Project, command: str) -> None:
    """Exit code 4: the database refused. No password is shown."""
    library.ok("makemigrations")

    outcome = library.run(
        command,
        env={"WHIMBREL_DATABASE_URL": "postgresql://me:secret@127.0.0.1:1/shop"},
    )

    assert outcome.code == 4
    assert outcome.stderr.startswith(
        "error[PR109]: database 'default' cannot be reached: connection failed:"
    )
    assert "at: postgresql+psycopg://me:***@127.0.0.1:1/shop\n" in outcome.stderr
    assert "secret" not in outcome.stderr


def test_a_database_is_not_needed_to_make_migrations(library: Project) -> None:
    """Nor is its driver."""
    outcome = library.ok(
        "makemigrations", env={"WHIMBREL_DATABASE_URL": "mssql+pyodbc://me@nowhere/x"}
    )

    assert "+ Create model Book" in outcome.stdout


def test_a_driver_that_is_not_installed(library: Project) -> None:
    """What to install."""
    library.ok("makemigrations")

    refused(
        library.run(
            "migrate", env={"WHIMBREL_DATABASE_URL": "mssql+pyodbc://me:secret@h/x"}
        ),
        "error[PR108]: the driver 'pyodbc' of database 'default' is not installed\n"
        "at: mssql+pyodbc://me:***@h/x\n"
        "fix: run `pip install pyodbc`\n",
    )


def test_a_statement_that_the_database_refuses(migrated: Project) -> None:
    """Exit code 4; where DDL is transactional nothing of the migration stays."""
    migrated.ok("migrate", "library", "zero", "--fake")

    outcome = migrated.run("migrate")

    assert outcome.code == 4
    assert outcome.stdout == "  Applying library.0001_initial… \n"
    assert "error[EX101]: the database refused a statement: table " in outcome.stderr
    assert "at: library.0001_initial, operation 1 of 1\n" in outcome.stderr
    assert migrated.ok("showmigrations").stdout == "library\n [ ] 0001_initial\n"


def test_a_data_step_that_fails(migrated: Project) -> None:
    """The line in the user's file; a traceback only when asked for."""
    migrated.write(
        "library/migrations/0002_x.py",
        """
        from whimbrel import migrations

        def fill(apps, schema_editor):
            raise ValueError("no")

        class Migration(migrations.Migration):
            dependencies = [("library", "0001_initial")]
            operations = [migrations.RunPython(fill)]
        """,
    )

    outcome = migrated.run("migrate")
    traced = migrated.run("migrate", "--traceback")

    assert outcome.code == 4
    assert outcome.stderr == (
        "Applying 1 migration of library\n"
        "error[EX105]: the migration's own code failed: ValueError: no\n"
        "at: library/migrations/0002_x.py, line 4 (library.0002_x, operation 1 of 1)\n"
        "fix: correct the code and run the migration again; --traceback shows where it "
        "failed\n"
    )
    assert "Traceback (most recent call last):" in traced.stderr


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        pytest.param(
            ["migrate", "libary"],
            "error[PR106]: no app is called 'libary'\nfix: did you mean 'library'?\n",
            id="an unknown app",
        ),
        pytest.param(
            ["migrate", "library", "0009"],
            "error[HI112]: app 'library' has no migration '0009'\n"
            "fix: use one of: 0001_initial\n",
            id="an unknown migration",
        ),
        pytest.param(
            ["migrate", "--database", "defautl"],
            "error[PR105]: no database is called 'defautl'\n"
            "fix: did you mean 'default'?\n",
            id="an unknown database",
        ),
        pytest.param(
            ["migrate", "--fake", "--fake-initial"],
            "error[PR120]: --fake and --fake-initial exclude each other\n"
            "fix: use --fake-initial to record only what the database has\n",
            id="options that clash",
        ),
        pytest.param(
            ["migrate", "--prune"],
            "error[PR120]: no app is named\nfix: name one: whimbrel migrate APP …\n",
            id="an app that is not named",
        ),
        pytest.param(
            ["makemigrations", "--empty"],
            "error[PR120]: --empty needs the app that gets the migration\n"
            "fix: name it: whimbrel makemigrations --empty APP\n",
            id="an empty migration for nobody",
        ),
        pytest.param(
            ["sqlmigrate", "library", "0001", "--dialect", "nosuch"],
            "error[SC104]: there is no SQLAlchemy dialect 'nosuch'\n"
            "fix: use a name such as 'postgresql', 'sqlite', 'mysql' or 'mariadb', or "
            "install the package that brings the dialect\n",
            id="an unknown dialect",
        ),
        pytest.param(
            ["migrat"],
            "Usage: whimbrel [OPTIONS] COMMAND [ARGS]...\n"
            "Try 'whimbrel --help' for help.\n\n"
            "Error: No such command 'migrat'. (did you mean 'migrate'?)\n",
            id="an unknown command",
        ),
    ],
)
def test_wrong_use(migrated: Project, arguments: list[str], text: str) -> None:
    """Exit code 2."""
    refused(migrated.run(*arguments), text)


def test_no_configuration(project: Project) -> None:
    """What to run first."""
    outcome = project.run("migrate")

    assert outcome.code == 2
    assert outcome.stderr.startswith("error[PR101]: no configuration found\n")
    assert "fix: run `whimbrel init` in the project's folder" in outcome.stderr


def test_an_unforeseen_error_is_short(library: Project) -> None:
    """No traceback unless asked for; exit code 2."""
    library.write(
        "library/models.py",
        """
        import whimbrel.project.wanted as wanted

        def broken(*_):
            raise ZeroDivisionError("by nothing")

        wanted.check_references = broken
        """,
    )

    outcome = library.run("makemigrations")
    traced = library.run("--traceback", "makemigrations")

    refused(
        outcome,
        "error[CL101]: unexpected ZeroDivisionError: by nothing\n"
        "fix: run the same with --traceback to see where; if it is a fault of "
        "Whimbrel, please report it\n",
    )
    assert "Traceback (most recent call last):" in traced.stderr
