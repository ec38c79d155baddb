"""Extensions on a server: created, shared, moved, refused, dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import CITEXT, ExcludeConstraint

from whimbrel import migrations
from whimbrel.errors.base import WhimbrelError
from whimbrel.errors.execute import DatabaseRefused
from whimbrel.execute.executor import Executor
from whimbrel.execute.recorder import Recorder
from whimbrel.history.history import History
from whimbrel.history.plan import plan
from whimbrel.migrations import Migration, Operation
from whimbrel.schema.database import database_for
from whimbrel.testing.catalog import catalog, differences
from whimbrel.testing.databases import Scratch

pytestmark = pytest.mark.needs("extensions")

USED = ("btree_gist", "citext", "cube", "earthdistance", "hstore", "pg_trgm")


@pytest.fixture(autouse=True)
def _available(database: Scratch) -> None:
    """A server without its contrib package has none to test with."""
    with database.engine.connect() as connection:
        names = set(
            connection.scalars(sa.text("SELECT name FROM pg_available_extensions"))
        )
    missing = sorted(set(USED) - names)
    if missing:
        pytest.skip(f"this server lacks the extensions {', '.join(missing)}")


@dataclass
class Road:
    """Apps whose migrations each hold one list of operations, and what was noticed."""

    engine: sa.Engine
    migrations: list[Migration] = field(default_factory=list)
    noticed: list[str] = field(default_factory=list)

    def add(self, app: str, *operations: Operation) -> None:
        number = sum(m.app_label == app for m in self.migrations)
        before = [(app, f"{number:04}_m")] if number else []
        self.migrations.append(
            Migration.of(
                app, f"{number + 1:04}_m", dependencies=before, operations=operations
            )
        )

    def go(self, *targets: tuple[str, str | None], fuse: bool = True) -> None:
        """Migrate to *targets*, else to the end."""
        history = History.of(self.migrations)
        with self.engine.connect() as connection:
            applied = Recorder.on(connection).applied()
            connection.rollback()
            order = [history.migrations[key] for key in history.graph.full_plan()]
            Executor(
                connection=connection,
                database=database_for(connection.dialect),
                order=order,
                notice=self.noticed.append,
                fuse=fuse,
            ).run(plan(history, applied, targets or None))

    def has(self) -> list[tuple[str, str, str]]:
        """Return name, schema and owner of each extension."""
        query = sa.text(
            "SELECT x.extname, x.extnamespace::regnamespace::text,"
            " pg_get_userbyid(x.extowner) FROM pg_extension AS x"
            " WHERE x.extname <> 'plpgsql' ORDER BY 1"
        )
        with self.engine.connect() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(query)]

    def names(self) -> list[str]:
        return [name for name, _, _ in self.has()]

    def run(self, *statements: str) -> None:
        with self.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


@pytest.fixture
def road(database: Scratch) -> Road:
    return Road(database.engine)


def people(type_: object) -> Operation:
    return migrations.CreateModel(
        "person",
        [
            ("id", sa.Column(sa.Integer, primary_key=True)),
            ("email", sa.Column(type_)),  # type: ignore[arg-type]
        ],
        {"db_table": "person"},
    )


@pytest.mark.parametrize("fuse", [True, False], ids=["fused", "one by one"])
def test_there_and_back_and_there_again(road: Road, fuse: bool) -> None:
    road.add("shop", migrations.CITextExtension(schema="ext"))
    road.add(
        "shop",
        migrations.RunSQL(
            "SET search_path = public, ext", "SET search_path = public, ext"
        ),
        people(CITEXT()),
    )
    road.add("shop", migrations.AlterExtension("citext", schema="public"))

    road.go(fuse=fuse)
    with road.engine.connect() as connection:
        there = catalog(connection)
    assert [row[:2] for row in road.has()] == [("citext", "public")]
    road.go(("shop", "0001_m"), fuse=fuse)
    assert [row[:2] for row in road.has()] == [("citext", "ext")]
    road.go(("shop", None), fuse=fuse)
    assert road.names() == []
    road.go(fuse=fuse)

    with road.engine.connect() as connection:
        assert differences(catalog(connection), there) == []
    assert road.noticed == []


def test_the_last_app_that_lets_go_drops_it(road: Road) -> None:
    road.add("one", migrations.CreateExtension("hstore"))
    road.add("two", migrations.HStoreExtension())

    road.go()
    road.go(("one", None))
    assert road.names() == ["hstore"]
    road.go(("two", None))
    assert road.names() == []
    road.go(("two", "0001_m"))
    road.add("two", migrations.DeleteExtension("hstore"))
    road.go()
    assert road.names() == ["hstore"]
    road.go(("one", None))
    assert road.names() == []


def test_what_is_there_is_left_as_it_is(road: Road) -> None:
    road.run("CREATE SCHEMA elsewhere", "CREATE EXTENSION citext SCHEMA elsewhere")
    road.add("shop", migrations.CITextExtension())

    road.go()

    assert [row[:2] for row in road.has()] == [("citext", "elsewhere")]


def test_an_update_leads_to_the_version(road: Road) -> None:
    road.add("shop", migrations.CreateExtension("citext", version="1.4"))
    road.add("shop", migrations.AlterExtension("citext", version="1.5"))

    road.go(("shop", "0001_m"))
    assert versions(road) == ["1.4"]
    road.go()
    assert versions(road) == ["1.5"]
    road.go(("shop", "0001_m"))
    assert versions(road) == ["1.5"]
    assert road.noticed == [
        "extension citext stays at 1.5: no update leads back to 1.4"
    ]
    road.go()
    assert versions(road) == ["1.5"]


def test_a_version_that_there_is_not(road: Road) -> None:
    road.add("shop", migrations.CreateExtension("citext", version="1.4"))
    road.add("shop", migrations.AlterExtension("citext", version="99"))

    with pytest.raises(DatabaseRefused, match=r"pg_extension_update_paths\('citext'\)"):
        road.go(fuse=False)

    assert versions(road) == ["1.4"]


def versions(road: Road) -> list[str]:
    with road.engine.connect() as connection:
        [item] = catalog(connection).of_kind("extension")
        return [str(dict(item.facts)["version"])]


def test_a_drop_takes_nothing_along(road: Road) -> None:
    """The column is another app's, whose author forgot that it needs the extension."""
    road.add("shop", migrations.CITextExtension())
    road.go()
    road.run("CREATE TABLE person (email citext)", "INSERT INTO person VALUES ('a')")

    with pytest.raises(DatabaseRefused) as caught:
        road.go(("shop", None))

    assert "column email of table person" in str(caught.value)
    assert "remove what uses it in a migration before" in str(caught.value.fix)
    assert road.names() == ["citext"]


@dataclass(frozen=True)
class Missing:
    """Something that needs an extension: *operation* creates it, *use* uses it."""

    operation: str
    use: Operation


MISSING = {
    "type": Missing("CITextExtension()", people(CITEXT())),
    "operator class": Missing(
        "TrigramExtension()",
        migrations.RunSQL(
            "CREATE TABLE t (a text); CREATE INDEX i ON t USING gin (a gin_trgm_ops)"
        ),
    ),
    "scalars in GiST": Missing(
        "BtreeGistExtension()",
        migrations.CreateModel(
            "stay",
            [
                ("id", sa.Column(sa.Integer, primary_key=True)),
                ("room", sa.Column(sa.Integer)),
            ],
            {
                "db_table": "stay",
                "constraints": [ExcludeConstraint(("room", "="), name="one")],
            },
        ),
    ),
}


@pytest.mark.parametrize("name", MISSING)
def test_what_is_missing_is_named_and_then_helps(road: Road, name: str) -> None:
    case = MISSING[name]
    road.add("shop", case.use)

    with pytest.raises(DatabaseRefused) as caught:
        road.go()

    assert f"put migrations.{case.operation} before" in str(caught.value.fix)
    road.migrations.clear()
    extension = getattr(migrations, case.operation.removesuffix("()"))()
    road.add("shop", extension, case.use)
    road.go()


def test_one_that_needs_another(road: Road) -> None:
    """Both in one batch, there and back."""
    road.add("shop", migrations.CreateExtension("cube"))
    road.add("geo", migrations.CreateExtension("earthdistance"))
    road.migrations[-1].dependencies = [("shop", "0001_m")]

    road.go()
    road.go(("shop", None))

    assert road.names() == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nothing_of_this_name", "pg_available_extensions"),
        ("earthdistance", "it needs another extension"),
    ],
)
def test_what_cannot_be_created(road: Road, name: str, words: str) -> None:
    road.add("shop", migrations.CreateExtension(name))

    with pytest.raises(DatabaseRefused) as caught:
        road.go()

    assert words in str(caught.value.fix)


@pytest.fixture
def guest(database: Scratch) -> Iterator[Callable[[], sa.Engine]]:
    """Engines of a role that owns the schema and may not create extensions."""
    name = f"{database.engine.url.database}_guest"
    engines: list[sa.Engine] = []

    def engine() -> sa.Engine:
        made = sa.create_engine(
            database.engine.url, connect_args={"options": f"-c role={name}"}
        )
        engines.append(made)
        return made

    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {name}")
        connection.exec_driver_sql(f"GRANT ALL ON SCHEMA public TO {name}")
    yield engine
    for made in engines:
        made.dispose()
    database.reset()
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP ROLE {name}")


def test_a_role_that_may_not_is_told_what_to_hand_on(
    road: Road, guest: Callable[[], sa.Engine]
) -> None:
    road.add("shop", migrations.CITextExtension())
    mine = Road(guest(), road.migrations)

    with pytest.raises(WhimbrelError) as caught:
        mine.go()

    assert "CREATE EXTENSION IF NOT EXISTS citext" in str(caught.value)
    assert "have such a role run the statement above once" in str(caught.value.fix)
    road.run("CREATE EXTENSION IF NOT EXISTS citext")
    mine.go()
    assert mine.names() == ["citext"]


def test_what_another_role_made_stays(
    road: Road, guest: Callable[[], sa.Engine]
) -> None:
    """Creating it did nothing, so going back does nothing, and says so."""
    road.add("shop", migrations.CITextExtension())
    road.run("CREATE EXTENSION citext")
    mine = Road(guest(), road.migrations)

    mine.go()
    mine.go(("shop", None))

    [(name, _, owner)] = road.has()
    assert name == "citext"
    assert mine.noticed == [f"extension citext stays: it belongs to role {owner}"]
