"""What is shown is what runs: `sqlmigrate` and the statements that a driver gets."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from e2e.project import Project
from whimbrel.testing.catalog import Catalog, catalog, differences
from whimbrel.testing.databases import Scratch, scratch_database

HEAD = """
    import sqlalchemy as sa
    from whimbrel import migrations

    class Migration(migrations.Migration):
        dependencies = {dependencies}
        operations = [
            {operations}
        ]
"""
HISTORY = {
    "0001_initial": """
            migrations.CreateModel(
                "Author",
                [
                    ("id", sa.Column(sa.Integer, primary_key=True)),
                    ("name", sa.Column(sa.String(50))),
                ],
                options={"db_table": "author"},
            ),
            migrations.CreateModel(
                "Book",
                [
                    ("id", sa.Column(sa.Integer, primary_key=True)),
                    ("title", sa.Column(sa.String(50))),
                    ("state", sa.Column(sa.Enum("new", "read", name="book_state"))),
                    ("author_id", sa.Column(sa.Integer)),
                ],
                options={
                    "db_table": "book",
                    "indexes": [sa.Index("ix_book_title", "title")],
                    "constraints": [
                        sa.ForeignKeyConstraint(
                            ["author_id"], ["author.id"], name="fk_book_author"
                        ),
                    ],
                },
            ),
    """,
    "0002_rows": """
            migrations.RunSQL(
                "INSERT INTO author (id, name) VALUES (1, 'Ann; 100 %');"
                "INSERT INTO book (id, title, author_id) VALUES (1, 'one', 1)",
                "DELETE FROM book; DELETE FROM author",
            ),
    """,
    "0003_renames": """
            migrations.RenameField("Book", "title", "name"),
            migrations.AlterModelTable("Author", "writer"),
    """,
    "0004_changes": """
            migrations.AlterField("Book", "name", sa.Column(sa.String(90))),
            migrations.AlterField(
                "Book",
                "state",
                sa.Column(sa.Enum("new", "lent", "read", name="book_state")),
            ),
            migrations.AddField("Book", "pages", sa.Column(sa.Integer, nullable=False),
                fill=7),
            migrations.RunSQL(
                "UPDATE book SET pages = 8  -- all of them",
                migrations.RunSQL.noop,
            ),
            migrations.AddConstraint(
                "Book", sa.CheckConstraint("pages > 0", name="ck_pages")
            ),
    """,
    "0005_goes": """
            migrations.RemoveIndex("Book", "ix_book_title"),
            migrations.RemoveConstraint("Book", "fk_book_author"),
            migrations.RemoveField("Book", "author_id"),
    """,
}
CLIENTS = {"sqlite": "sqlite3", "postgresql": "psql", "mysql": "mariadb"}

LISTEN = """
    import json, sys
    import sqlalchemy as sa
    from whimbrel import Project

    sent = []

    @sa.event.listens_for(sa.Engine, "before_cursor_execute")
    def note(connection, cursor, statement, parameters, context, many):
        sent.append(statement)

    project = Project.from_config()
    names = NAMES
    found = []
    for backwards in (False, True):
        for place, name in enumerate(names):
            # As this server is: its version, which is known once connected.
            with project.connect() as connection:
                version = connection.exec_driver_sql(QUERY).scalar()
            sent.clear()
            here = names[::-1][place] if backwards else name
            before = names[names.index(here) - 1] if here != names[0] else "zero"
            project.migrate("library", before if backwards else here)
            ran = list(sent)
            printed = project.sqlmigrate(
                "library", here, backwards=backwards, server_version=version
            )
            shown = [s.sql for step in printed.steps for s in step.statements]
            lookups = [
                x for step in printed.steps for s in step.statements for x in s.lookups
            ]
            assert not [x for x in lookups if x.expected is None], lookups
            found.append([here, ran, list(printed.before), printed.begin, shown])
    print(json.dumps(found))
"""
VERSIONS = {"sqlite": "SELECT sqlite_version()", "postgresql": "SHOW server_version"}


@pytest.fixture
def url(database: Scratch, tmp_path: Path) -> URL:
    url = make_url(database.url)
    if url.get_backend_name() == "sqlite":
        return url.set(database=str(tmp_path / "shown.sqlite3"))
    return url


@pytest.fixture
def library(project: Project) -> Project:
    """A project with the history above."""
    project.write("whimbrel.toml", '[apps]\nlibrary = "library"\n')
    project.write("library/models.py", "")
    last: list[tuple[str, str]] = []
    for name, operations in HISTORY.items():
        text = HEAD.format(dependencies=last, operations=operations.strip())
        project.write(f"library/migrations/{name}.py", text)
        last = [("library", name)]
    return project


def environment(url: URL) -> dict[str, str]:
    return {"WHIMBREL_DATABASE_URL": url.render_as_string(hide_password=False)}


def is_own(sql: str) -> bool:
    """Whether a statement only looks, records, or sets the connection up."""
    words = ("SELECT", "WITH", "SHOW", "PRAGMA", "BEGIN", "DESCRIBE")
    words += ("SAVEPOINT", "RELEASE")
    looks = sql.lstrip().upper().startswith(words)
    changes = "legacy_alter_table" in sql or "foreign_key_check" in sql
    return (looks and not changes) or "whimbrel_migrations" in sql


def test_what_is_shown_is_what_runs(library: Project, url: URL) -> None:
    query = VERSIONS.get(url.get_backend_name(), "SELECT version()")
    script = LISTEN.replace("NAMES", repr(list(HISTORY))).replace("QUERY", repr(query))

    outcome = library.script(script, env=environment(url))

    assert outcome.code == 0, outcome.stderr
    for name, ran, before, begin, shown in json.loads(outcome.stdout):
        setup = {*before, "PRAGMA foreign_keys=ON"}
        wanted = [s for s in shown if "foreign_key_check" not in s and s not in setup]
        got = [
            s
            for s in ran
            if not is_own(s) and "foreign_key_check" not in s and s not in setup
        ]
        assert got == wanted, name
        if before:
            opened = [*before, begin]
            places = range(len(ran))
            assert any(ran[i : i + len(opened)] == opened for i in places), name


def client(url: URL) -> list[str]:
    """Return the command that runs a script on *url*'s database."""
    name = str(url.database)
    if url.get_backend_name() == "sqlite":
        return ["sqlite3", "-bail", name]
    where = [f"--host={url.host}", f"--port={url.port}"]
    if url.get_backend_name() == "postgresql":
        stop = ["-X", "-q", "-v", "ON_ERROR_STOP=1"]
        return ["psql", *stop, *where, f"--username={url.username}", name]
    return ["mariadb", "--protocol=tcp", *where, f"--user={url.username}", name]


def version(url: URL) -> str:
    """Return the version that the server of *url* says it has."""
    query = VERSIONS.get(url.get_backend_name(), "SELECT version()")
    with sa.create_engine(url, poolclass=NullPool).connect() as connection:
        return str(connection.exec_driver_sql(query).scalar())


def seen(url: URL) -> Catalog:
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return catalog(connection)


def test_a_printed_script_does_the_same(
    library: Project, url: URL, database: Scratch, tmp_path: Path
) -> None:
    """There and back, in the database's own client."""
    if shutil.which(CLIENTS[url.get_backend_name()]) is None:
        pytest.skip(f"{CLIENTS[url.get_backend_name()]} is not installed")
    env = environment(url)
    here = ("--server-version", version(url))

    def run(name: str, *options: str) -> None:
        text = library.ok(
            "sqlmigrate", "library", name, *options, *here, env=env
        ).stdout
        done = subprocess.run(
            client(url), input=text, text=True, capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), f"{text}\n{done.stderr}"

    for name in HISTORY:
        run(name)
    scripted = seen(url)
    with scratch_database(database.server, file=tmp_path / "other.sqlite3") as other:
        library.ok("migrate", env=environment(make_url(other.url)))
        migrated = seen(make_url(other.url))
    for name in reversed(HISTORY):
        run(name, "--backwards")

    assert differences(scripted, migrated) == []
    assert [i.name for i in seen(url).items if i.kind == "table"] == []


TILL = """
            migrations.CreateModel(
                "Till",
                [("id", sa.Column(sa.Integer, primary_key=True))],
                options={"db_table": "till"},
            ),
    """
AT_TILL = """
            migrations.AddField("Book", "till_id", sa.Column(sa.Integer)),
            migrations.AddConstraint(
                "Book",
                sa.ForeignKeyConstraint(["till_id"], ["till.id"], name="fk_book_till"),
            ),
            migrations.RunPython(
                migrations.RunPython.noop, migrations.RunPython.noop
            ),
    """
ALL = [*HISTORY, "0006_till"]


@pytest.fixture
def shop(library: Project) -> Project:
    """The library, whose last migration needs one of another app."""
    library.write(
        "whimbrel.toml", '[apps]\nlibrary = "library"\nshop = "shop"\nlast = "last"\n'
    )
    library.write("shop/models.py", "")
    library.write("last/models.py", "")
    text = HEAD.format(dependencies=[], operations=TILL.strip())
    library.write("shop/migrations/0001_initial.py", text)
    text = HEAD.format(
        dependencies=[("library", "0005_goes"), ("shop", "0001_initial")],
        operations=AT_TILL.strip(),
    )
    library.write("library/migrations/0006_till.py", text)
    return library


class Scripted:
    """A database that only printed scripts change, beside one that is migrated."""

    def __init__(self, project: Project, url: URL, other: URL) -> None:
        self.project = project
        self.url, self.other = url, other
        self.here = ("--server-version", version(url))

    def run(self, *arguments: str) -> None:
        """Print with *arguments*, and run that in the database's own client."""
        text = self.project.ok(
            "sqlmigrate", *arguments, "--record", *self.here, env=environment(self.url)
        ).stdout
        done = subprocess.run(
            client(self.url), input=text, text=True, capture_output=True, check=False
        )
        errors = [x for x in done.stderr.splitlines() if not x.startswith("NOTICE:")]
        assert (done.returncode, errors) == (0, []), f"{text}\n{done.stderr}"

    def shows(self, url: URL) -> str:
        return self.project.ok("showmigrations", env=environment(url)).stdout

    def compare(self) -> None:
        """Both have the same, and say so."""
        assert self.shows(self.url) == self.shows(self.other)
        assert differences(seen(self.url), seen(self.other)) == []

    def migrate(self, *arguments: str) -> None:
        self.project.ok("migrate", *arguments, env=environment(self.other))


def test_scripts_that_record_lead_where_migrate_leads(
    shop: Project, url: URL, database: Scratch, tmp_path: Path
) -> None:
    if shutil.which(CLIENTS[url.get_backend_name()]) is None:
        pytest.skip(f"{CLIENTS[url.get_backend_name()]} is not installed")
    with scratch_database(database.server, file=tmp_path / "other.sqlite3") as other:
        scripted = Scripted(shop, url, make_url(other.url))

        scripted.run("library", ":0003")
        scripted.migrate("library", "0003")
        scripted.compare()

        scripted.run("library", "0003:")
        scripted.migrate("library")
        scripted.compare()
        nothing = shop.ok("migrate", env=environment(url)).stdout
        assert nothing == "No migrations to apply.\n"

        scripted.run("library", "0006:0002")
        scripted.migrate("library", "0002")
        scripted.compare()

        scripted.run("library", "0003")
        scripted.run("library", "0003", "--backwards")
        scripted.compare()

        shop.ok("migrate", env=environment(url))
        scripted.run("--backwards")
        assert "[X]" not in scripted.shows(url)
        scripted.run()
        scripted.migrate()
        scripted.compare()


def names(outcome: str) -> list[tuple[str, str, bool]]:
    migrations = json.loads(outcome)["migrations"]
    return [(m["app"], m["name"], m["backwards"]) for m in migrations]


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("library", "0004:0005"), ["library.0005_goes"]),
        (("library", "0005:"), ["shop.0001_initial", "library.0006_till"]),
        (("library", ":0001"), ["library.0001_initial"]),
        (("shop",), ["shop.0001_initial"]),
        (("library", "0002:zero"), ["-library.0002_rows", "-library.0001_initial"]),
        (("library", "0002:0001"), ["-library.0002_rows"]),
        (("library", "0001:0002", "--backwards"), ["-library.0002_rows"]),
        (("shop", "--backwards"), ["-shop.0001_initial"]),
        (("library", "0002:0002"), []),
        (("last",), None),
    ],
)
def test_a_range_of_migrations(
    shop: Project, arguments: tuple[str, ...], wanted: list[str] | None
) -> None:
    outcome = shop.run("sqlmigrate", *arguments, "--format", "json")
    if wanted is None:
        assert "PR118" in outcome.stderr
        return
    got = [f"{'-' * back}{app}.{name}" for app, name, back in names(outcome.stdout)]
    assert got == wanted


def test_everything(shop: Project) -> None:
    found = names(shop.ok("sqlmigrate", "--format", "json").stdout)
    back = names(shop.ok("sqlmigrate", "--backwards", "--format", "json").stdout)
    assert sorted(found) == [
        *(("library", name, False) for name in ALL),
        ("shop", "0001_initial", False),
    ]
    assert sorted(back) == [(app, name, True) for app, name, _ in sorted(found)]
    assert back.index(("library", "0006_till", True)) < back.index(
        ("shop", "0001_initial", True)
    )


def test_nothing_between_is_said(shop: Project) -> None:
    outcome = shop.ok("sqlmigrate", "library", "0002:0002")
    assert (outcome.stdout, outcome.stderr) == ("", "There is no migration between.\n")


def test_python_code_is_not_recorded_by_a_script(shop: Project) -> None:
    text = HEAD.format(
        dependencies=[("library", "0006_till")],
        operations="migrations.RunPython(print, migrations.RunPython.noop),",
    )
    shop.write("library/migrations/0007_code.py", text)

    outcome = shop.run("sqlmigrate", "library", "--record")

    assert outcome.code == 2
    assert outcome.stdout == ""
    assert "error[PR124]: library.0007_code runs Python code" in outcome.stderr
    back = shop.ok("sqlmigrate", "library", "0007", "--record", "--backwards")
    assert "DELETE FROM whimbrel_migrations" in back.stdout
    assert "Python code" in shop.ok("sqlmigrate", "library", "0006:").stdout
