"""Migration files on disk: arranged, written, loaded, replayed."""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from whimbrel import models
from whimbrel.detect.changes import Change
from whimbrel.history.arrange import arrange
from whimbrel.history.history import History
from whimbrel.history.loader import load
from whimbrel.history.merge import merge
from whimbrel.history.place import Location
from whimbrel.history.plan import plan
from whimbrel.history.replay import state_at
from whimbrel.history.writer import file_of, header, migration_text, write_migration
from whimbrel.migrations import (
    AddField,
    AddIndex,
    CreateModel,
    Migration,
    Operation,
    RemoveField,
)
from whimbrel.schema.database import database_for
from whimbrel.state.project import ProjectState
from whimbrel.testing.strategies import projects, state_of

MOMENT = datetime.datetime(2025, 3, 4, 5, 6)
KEY = ("id", models.BigAutoField(primary_key=True))


def link(target: str) -> models.ForeignKey:
    return models.ForeignKey(target, on_delete=models.CASCADE)


class Disk:
    """The migrations folders of two apps."""

    def __init__(self, folder: Path) -> None:
        self.places = {
            label: Location(folder=folder / label / "migrations")
            for label in ("library", "shop")
        }

    def load(self) -> History:
        return load(self.places)

    def write(self, migrations: Iterable[Migration]) -> list[str]:
        """Write *migrations*, and return their names."""
        folders = self.load().folders
        names = []
        for migration in migrations:
            text = migration_text(migration, header=header("0.1.0", MOMENT))
            write_migration(file_of(folders[migration.app_label], migration), text)
            names.append(str(migration))
        return names

    def change(self, *steps: tuple[str, Operation]) -> list[str]:
        """Make and write the migrations of *steps*, as `makemigrations` would."""
        history = self.load()
        return self.write(arrange(changes(state_at(history), steps), history))


def changes(
    state: ProjectState, steps: Iterable[tuple[str, Operation]]
) -> tuple[Change, ...]:
    found = []
    for app, operation in steps:
        after = state.clone()
        operation.state_forwards(app, after)
        found.append(Change(app, operation, operation.effects(app, state, after)))
        state = after
    return tuple(found)


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    """Two apps without migrations."""
    return Disk(tmp_path)


def test_a_project_grows(disk: Disk, tmp_path: Path) -> None:
    """Three rounds; each one sees what the rounds before it wrote."""
    assert disk.change(
        ("library", CreateModel("Book", [KEY])),
        ("shop", CreateModel("Order", [KEY, ("book", link("library.Book"))])),
    ) == ["library.0001_initial", "shop.0001_initial"]
    assert disk.change(
        (
            "shop",
            CreateModel("stock", [("id", sa.Column(sa.Integer, primary_key=True))]),
        ),
        ("shop", AddIndex("stock", sa.Index("ix_stock", "id"))),
    ) == ["shop.0002_stock_stock_ix_stock"]
    assert disk.change(
        ("library", AddField("Book", "order", link("shop.Order"))),
        ("shop", RemoveField("Order", "book")),
    ) == ["library.0002_book_order", "shop.0003_remove_order_book"]

    history = disk.load()
    state = state_at(history)
    assert set(state.models) == {
        ("library", "book"),
        ("shop", "order"),
        ("shop", "stock"),
    }
    assert list(state.model("shop", "order").fields) == ["id"]
    assert history.migrations["library", "0002_book_order"].dependencies == [
        ("library", "0001_initial"),
        ("shop", "0002_stock_stock_ix_stock"),
    ]
    assert [str(m) for m, _ in plan(history, [])] == [
        "library.0001_initial",
        "shop.0001_initial",
        "shop.0002_stock_stock_ix_stock",
        "library.0002_book_order",
        "shop.0003_remove_order_book",
    ]
    for arguments in (["format", "--check"], ["check", "--select=E,F,I,UP"]):
        subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "--isolated", str(tmp_path)],
            check=True,
            cwd=tmp_path,
        )


def test_branches_are_joined(disk: Disk) -> None:
    """Two people, one number; the merge comes after both."""
    disk.change(("library", CreateModel("Book", [KEY])))
    history = disk.load()
    for name in ("title", "price"):
        step = ("library", AddField("Book", name, models.TextField()))
        disk.write(arrange(changes(state_at(history), [step]), history))

    assert disk.load().graph.conflicts() == {
        "library": ("0002_book_price", "0002_book_title")
    }
    disk.write([merge(disk.load(), "library")])

    joined = disk.load()
    assert joined.graph.conflicts() == {}
    assert joined.graph.leaves("library") == (
        ("library", "0003_merge_0002_book_price_0002_book_title"),
    )
    assert set(state_at(joined).model("library", "book").fields) == {
        "id",
        "title",
        "price",
    }


def test_a_squash_takes_over(disk: Disk) -> None:
    """First beside the old files, then alone; nobody notices."""
    disk.change(("library", CreateModel("Book", [KEY])))
    disk.change(("library", AddField("Book", "title", models.TextField())))
    disk.change(("shop", CreateModel("Order", [KEY, ("book", link("library.Book"))])))
    old = disk.load()
    replaced = old.of_app("library")
    squash = Migration.of(
        "library",
        "0001_squashed_0002_book_title",
        operations=[op for m in replaced for op in m.operations],
        replaces=[m.key for m in replaced],
        initial=True,
    )
    disk.write([squash])

    both = disk.load()
    for name in ("0001_initial", "0002_book_title"):
        Path(both.files["library", name]).unlink()
    alone = disk.load()

    everything = [m.key for m in replaced]
    for history in (both, alone):
        assert [str(m) for m, _ in plan(history, [])] == [
            str(squash),
            "shop.0001_initial",
        ]
        assert [str(m) for m, _ in plan(history, everything)] == ["shop.0001_initial"]
        assert state_at(history) == state_at(old)
    first = [str(m) for m, _ in plan(both, everything[:1])]
    assert first == ["library.0002_book_title", "shop.0001_initial"]


@given(data=st.data())
def test_any_project_survives_its_files(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Law L1 on disk: models written to files and loaded are the same models."""
    facts = database_for("postgresql").facts
    state = state_of(data.draw(projects("postgresql", facts)))
    disk = Disk(tmp_path_factory.mktemp("project"))
    migrations = {
        label: Migration.of(
            label,
            "0001_initial",
            operations=[
                CreateModel(m.name, m.fields.items(), m.options, m.bases, m.managers)
                for (app, _), m in state.models.items()
                if app == label
            ],
        )
        for label in disk.places
    }

    disk.write(migrations.values())

    for key, loaded in disk.load().migrations.items():
        assert list(loaded.operations) == list(migrations[key[0]].operations)
