"""The graph as data: what comes after what, and what a database has of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from project.graphs import project_in, write_migration

from whimbrel import Project
from whimbrel.errors.project import UnknownApp
from whimbrel.project.graph import MigrationGraph, Status

CREATE = (
    '[migrations.CreateModel("Book", [("id", models.BigAutoField(primary_key=True))])]'
)


@pytest.fixture
def project(tmp_path: Path, request: pytest.FixtureRequest) -> Project:
    """Two apps; each test has names of its own, because modules stay imported."""
    unique = f"a{abs(hash(request.node.nodeid))}"
    library, shop = f"{unique}_library", f"{unique}_shop"
    write_migration(tmp_path, library, "0001_initial", {"operations": CREATE})
    write_migration(
        tmp_path,
        library,
        "0002_more",
        {"dependencies": f'[("{library}", "0001_initial")]'},
    )
    write_migration(
        tmp_path,
        shop,
        "0001_initial",
        {
            "dependencies": f'[("{library}", "__first__")]',
            "run_before": f'[("{library}", "0002_more")]',
        },
    )
    return project_in(tmp_path, [library, shop])


def said(graph: MigrationGraph) -> dict[str, list[str]]:
    """Return migration → what comes right before it, apps without their prefix."""
    return {
        f"{node.app.partition('_')[2]}.{node.name}": [
            f"{app.partition('_')[2]}.{name}" for app, name in node.after
        ]
        for node in graph.nodes
    }


def labels(project: Project) -> list[str]:
    return list(project.config.apps)


def test_nodes_come_parents_first_with_what_they_come_after(project: Project) -> None:
    """Dependencies and `run_before` alike."""
    graph = project.graph(database=None)

    assert said(graph) == {
        "library.0001_initial": [],
        "shop.0001_initial": ["library.0001_initial"],
        "library.0002_more": ["library.0001_initial", "shop.0001_initial"],
    }
    assert [node.leaf for node in graph.nodes] == [False, True, True]
    assert not graph.conflicts


def test_what_only_run_before_says_is_told_apart(project: Project) -> None:
    """The file of the later migration does not mention it."""
    library, shop = labels(project)

    pushed = {node.key: node.pushed for node in project.graph(database=None).nodes}

    assert pushed == {
        (library, "0001_initial"): (),
        (shop, "0001_initial"): (),
        (library, "0002_more"): ((shop, "0001_initial"),),
    }


def test_without_a_database_nothing_is_known(project: Project) -> None:
    """And none is made."""
    graph = project.graph(database=None)

    assert {node.status for node in graph.nodes} == {Status.UNKNOWN}
    assert graph.database is None


def test_a_database_that_is_not_there_has_nothing(project: Project) -> None:
    """Asking does not make it."""
    graph = project.graph()

    assert {node.status for node in graph.nodes} == {Status.PENDING}
    assert not (project.config.folder / "db.sqlite3").exists()


def test_what_a_database_has_is_marked(project: Project) -> None:
    """With the time of it."""
    library, _ = labels(project)
    project.migrate(library, "0001_initial")

    nodes = project.graph().nodes

    assert [node.status for node in nodes] == [
        Status.APPLIED,
        Status.PENDING,
        Status.PENDING,
    ]
    assert [node.when is not None for node in nodes] == [True, False, False]


def test_of_one_app_its_neighbours_are_drawn_too(project: Project) -> None:
    """As what they are: there for the context."""
    _, shop = labels(project)

    graph = project.graph(shop, database=None)

    assert said(graph) == {
        "library.0001_initial": [],
        "shop.0001_initial": ["library.0001_initial"],
    }
    assert [node.context for node in graph.nodes] == [True, False]


def test_operations_are_in_words(project: Project) -> None:
    """As `migrate --plan` has them."""
    first = project.graph(database=None).nodes[0]

    assert [(one.symbol, one.text) for one in first.operations] == [
        ("+", "Create model Book")
    ]


def test_a_squash_stands_for_what_it_replaces(project: Project) -> None:
    """It is all that is drawn, and is neither applied nor pending before `migrate`."""
    library, _ = labels(project)
    project.migrate()
    replaced = f'[("{library}", "0001_initial"), ("{library}", "0002_more")]'
    folder = project.config.folder
    (folder / labels(project)[1] / "migrations" / "0001_initial.py").unlink()
    write_migration(
        folder, library, "0001_squashed", {"replaces": replaced, "operations": CREATE}
    )

    graph = project.graph(library)

    assert said(graph) == {"library.0001_squashed": []}
    (squash,) = graph.nodes
    assert squash.status is Status.REPLACED
    assert squash.replaces == ((library, "0001_initial"), (library, "0002_more"))


def test_an_unused_squash_is_named(project: Project) -> None:
    """The database has a part of what it replaces, which is drawn instead."""
    library, _ = labels(project)
    project.migrate(library, "0001_initial")
    replaced = f'[("{library}", "0001_initial"), ("{library}", "0002_more")]'
    write_migration(
        project.config.folder, library, "0001_squashed", {"replaces": replaced}
    )

    graph = project.graph(library)

    assert graph.aside == ((library, "0001_squashed"),)
    assert "library.0002_more" in said(graph)


def test_several_ends_of_an_app_are_a_conflict(project: Project) -> None:
    """Each of them is named."""
    library, _ = labels(project)
    write_migration(
        project.config.folder,
        library,
        "0002_other",
        {"dependencies": f'[("{library}", "0001_initial")]'},
    )

    graph = project.graph(database=None)

    assert graph.conflicts == {(library, "0002_more"), (library, "0002_other")}


def test_what_is_recorded_without_a_file_is_lost(project: Project) -> None:
    """It has no place in the graph."""
    library, _ = labels(project)
    project.migrate()
    (project.config.folder / library / "migrations" / "0002_more.py").unlink()
    shop = labels(project)[1]
    write_migration(project.config.folder, shop, "0001_initial")

    graph = project.graph()

    assert graph.lost == ((library, "0002_more"),)


def test_an_unknown_app_is_refused(project: Project) -> None:
    """As by every command."""
    with pytest.raises(UnknownApp):
        project.graph("nowhere")
