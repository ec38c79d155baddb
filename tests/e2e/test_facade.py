"""`whimbrel.Project`: what the command line does, as calls."""

from __future__ import annotations

import pytest

from e2e.project import Project

BOOK = """
    from whimbrel import models

    class Book(models.Model):
        title = models.CharField(max_length=100)
"""
START = """
    from whimbrel import Project

    project = Project(
        {"library": "library"}, {"default": "sqlite:///db.sqlite3"}
    )
"""


@pytest.fixture
def library(project: Project) -> Project:
    """A project without a configuration."""
    project.write("library/models.py", BOOK)
    return project


def said(project: Project, text: str) -> list[str]:
    """Return the lines that a program prints which has a `project`."""
    outcome = project.script(START + text)
    assert outcome.code == 0, outcome.stderr
    assert outcome.stderr == ""
    return outcome.stdout.splitlines()


def test_a_program_makes_and_applies_migrations(library: Project) -> None:
    """Results are values; nothing is printed by the calls."""
    assert said(
        library,
        """
    made = project.makemigrations()
    print([one.path.name for one in made.migrations], made.written)
    seen = []
    done = project.migrate(progress=lambda event: seen.append(event.kind))
    print([one.name for one in done.done], seen)
    print(project.migrate().plan)
    print(project.recorded_state() == project.wanted_state())
    print([one.applied for one in project.showmigrations().plan])
    print(sorted(project.history("default").applied))
    print(project.sqlmigrate("library", "0001").steps[0].operations)
    print(project.check().findings, project.questions())
    print([one.name for one in project.migrate("library", "zero").done])
    """,
    ) == [
        "['0001_initial.py'] True",
        "['0001_initial'] ['start', 'done']",
        "()",
        "True",
        "[True]",
        "[('library', '0001_initial')]",
        "('Create model Book',)",
        "() ()",
        "['0001_initial']",
    ]


def test_a_program_uses_its_models_in_a_session(library: Project) -> None:
    """`Model.objects` finds the session; the block commits."""
    assert said(
        library,
        """
    import sqlalchemy as sa

    project.makemigrations()
    project.migrate()
    project.wanted_state()
    from library.models import Book

    with project.session():
        Book.objects.create(title="Emma")
    with project.session() as session:
        print(session.scalars(sa.select(Book.title)).all())
    with project.connect() as connection:
        print(connection.scalar(sa.text("SELECT count(*) FROM library_book")))
    print(project.run(lambda c: c.scalar(sa.text("SELECT 1"))))
    """,
    ) == ["['Emma']", "1", "1"]


def test_a_program_answers_questions(library: Project) -> None:
    """By a mapping, or by a function that is asked."""
    library.script(START + "    project.makemigrations()\n")
    library.write("library/models.py", BOOK.replace("title", "name"))

    assert said(
        library,
        """
    from whimbrel.errors.project import AnswersNeeded

    (question,) = project.questions()
    print(question.id)
    try:
        project.makemigrations(dry_run=True)
    except AnswersNeeded as error:
        print(error.exit_code, error.identities)
    for made in (
        project.makemigrations(dry_run=True, answers={question.id: True}),
        project.makemigrations(dry_run=True, ask=lambda question: True),
    ):
        print(made.migrations[0].operations[0].text)
    """,
    ) == [
        "rename-field:library.Book.title>name",
        "3 ('rename-field:library.Book.title>name',)",
        "Rename field title on Book to name",
        "Rename field title on Book to name",
    ]


def test_a_configuration_makes_a_project(library: Project) -> None:
    """`Project.from_config()` is the command line's own way."""
    library.ok("init")
    library.ok("makemigrations")

    outcome = library.script(
        """
        from whimbrel import Project

        project = Project.from_config()
        print(project.config.app("library").package)
        print(len(project.history().migrations))
        """
    )

    assert outcome.stdout == "library\n1\n"


def test_importing_whimbrel_imports_next_to_nothing(project: Project) -> None:
    """The names come when they are used."""
    outcome = project.script(
        """
        import subprocess, sys

        code = (
            "import sys, whimbrel; print('sqlalchemy' in sys.modules); "
            "whimbrel.models; print('sqlalchemy' in sys.modules); "
            "print(whimbrel.migrations.Migration.__name__, whimbrel.Project.__name__)"
        )
        print(subprocess.check_output([sys.executable, "-c", code], text=True))
        """
    )

    assert outcome.stdout.split() == ["False", "True", "Migration", "Project"]


def test_an_up_to_date_run_imports_no_migration_and_no_models(
    library: Project,
) -> None:
    """What most runs of `migrate` do must cost next to nothing."""
    library.ok("init")
    library.ok("makemigrations")
    library.ok("migrate")

    outcome = library.script(
        """
        import subprocess, sys

        code = (
            "import sys; from whimbrel.cli.main import main\\n"
            "try:\\n    main(['migrate'])\\n"
            "finally:\\n    print([m for m in sys.modules if m.startswith(('library', "
            "'rich', 'whimbrel.models', 'whimbrel.schema', 'sqlalchemy.orm'))])"
        )
        print(subprocess.check_output([sys.executable, "-c", code], text=True))
        """
    )

    assert outcome.stdout == "No migrations to apply.\n[]\n\n"
