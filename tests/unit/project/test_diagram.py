"""The tables at a point of the history, as data and as pictures."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from project.graphs import project_in, write_migration

from whimbrel import Project
from whimbrel.errors.history import MigrationNotFound
from whimbrel.errors.project import NoMigrations, UnknownApp
from whimbrel.project.diagram import Attribute, Entity, Reference, SchemaDiagram
from whimbrel.project.drawing.draw import draw

AUTHOR = """[
        migrations.CreateModel(
            "Author",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("email", models.CharField(max_length=90, unique=True)),
            ],
        ),
        migrations.CreateModel(
            "Book",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("title", models.CharField(max_length=80, null=True)),
                ("author", models.ForeignKey("{app}.Author", models.CASCADE)),
                ("fans", models.ManyToManyField("{app}.Author", related_name="+")),
            ],
        ),
    ]"""
MORE = """[
        migrations.RemoveField("Book", "title"),
        migrations.AddField(
            "Book", "first", models.ForeignKey("self", models.SET_NULL, null=True)
        ),
    ]"""
ORDER = """[
        migrations.CreateModel(
            "Bill",
            [
                ("book", models.OneToOneField(
                    "{app}.Book", models.CASCADE, primary_key=True
                )),
                ("sum", models.DecimalField(max_digits=9, decimal_places=2)),
            ],
        ),
    ]"""


@pytest.fixture
def project(tmp_path: Path, request: pytest.FixtureRequest) -> Project:
    """Two apps; each test has names of its own, because modules stay imported."""
    unique = f"d{abs(hash(request.node.nodeid)) % 10**6}"
    library, shop = f"{unique}l", f"{unique}s"
    write_migration(
        tmp_path,
        library,
        "0001_initial",
        {"operations": AUTHOR.replace("{app}", library)},
    )
    write_migration(
        tmp_path,
        library,
        "0002_more",
        {"dependencies": f'[("{library}", "0001_initial")]', "operations": MORE},
    )
    write_migration(
        tmp_path,
        shop,
        "0001_initial",
        {
            "dependencies": f'[("{library}", "0001_initial")]',
            "operations": ORDER.replace("{app}", library),
        },
    )
    return project_in(tmp_path, [library, shop])


def short(project: Project, text: str) -> str:
    """Return *text* with the labels that the tests know."""
    library, shop = project.config.apps
    return text.replace(library, "library").replace(shop, "shop")


def tables(project: Project, diagram: SchemaDiagram) -> dict[str, list[str]]:
    """Return table → its columns."""
    return {
        short(project, entity.name): [column.name for column in entity.columns]
        for entity in diagram.entities
    }


def test_all_tables_at_the_end_of_the_history(project: Project) -> None:
    """Automatic ones too."""
    assert tables(project, project.diagram()) == {
        "library_author": ["id", "email"],
        "library_book": ["id", "author_id", "first_id"],
        "library_book_fans": ["id", "book_id", "author_id"],
        "shop_bill": ["book_id", "sum"],
    }


def test_the_tables_of_an_app_as_they_were(project: Project) -> None:
    """Right after a migration, whose name may be shortened; "zero" is before all."""
    library, _ = project.config.apps

    then = project.diagram(library, "0001")

    assert then.migration == "0001_initial"
    assert tables(project, then)["library_book"] == ["id", "title", "author_id"]
    assert project.diagram(library, "zero").entities == ()


def test_a_neighbour_is_drawn_by_its_key(project: Project) -> None:
    """A table of another app that one of these refers to."""
    _, shop = project.config.apps

    diagram = project.diagram(shop)

    assert tables(project, diagram) == {
        "library_book": ["id"],
        "shop_bill": ["book_id", "sum"],
    }
    assert [entity.context for entity in diagram.entities] == [True, False]


def test_columns_are_told_as_the_database_has_them(project: Project) -> None:
    """In the words of the one that is configured."""
    entities = {short(project, one.name): one for one in project.diagram().entities}

    author, bill = entities["library_author"], entities["shop_bill"]

    assert [(c.name, c.type, c.unique, c.primary_key) for c in author.columns] == [
        ("id", "integer", True, True),
        ("email", "varchar(90)", True, False),
    ]
    assert [(c.type, c.refers, c.nullable) for c in bill.columns] == [
        ("bigint", True, False),
        ("decimal", False, False),
    ]


def test_references_tell_how_many_refer_to_how_many(project: Project) -> None:
    """One or many, and whether there may be none."""
    found = {
        (short(project, entity.name), reference.columns): (
            short(project, reference.target),
            reference.optional,
            reference.single,
        )
        for entity in project.diagram().entities
        for reference in entity.references
    }

    assert found == {
        ("library_book", ("author_id",)): ("library_author", False, False),
        ("library_book", ("first_id",)): ("library_book", True, False),
        ("library_book_fans", ("book_id",)): ("library_book", False, False),
        ("library_book_fans", ("author_id",)): ("library_author", False, False),
        ("shop_bill", ("book_id",)): ("library_book", False, True),
    }


def test_what_cannot_be_shown(project: Project) -> None:
    """An app or a migration that is not there."""
    library, _ = project.config.apps

    with pytest.raises(UnknownApp):
        project.diagram("nowhere")
    with pytest.raises(MigrationNotFound):
        project.diagram(library, "0009")


def test_an_app_without_migrations_has_no_points(tmp_path: Path) -> None:
    """Its history has not begun."""
    project = project_in(tmp_path, ["empty_app_of_diagrams"])
    (tmp_path / "empty_app_of_diagrams").mkdir()
    (tmp_path / "empty_app_of_diagrams" / "__init__.py").touch()

    assert project.diagram("empty_app_of_diagrams").entities == ()
    with pytest.raises(NoMigrations):
        project.diagram("empty_app_of_diagrams", "0001")


def test_the_text_for_mermaid(project: Project) -> None:
    """An entity diagram with crow's feet."""
    drawn = short(project, draw(project.diagram(), "mermaid"))

    assert drawn.startswith('---\ntitle: "Tables (sqlite)"\n---\nerDiagram\n')
    assert (
        '  "library_author" {\n    integer id PK\n    varchar(90) email UK\n  }\n'
    ) in drawn
    assert '    bigint first_id FK "NULL"\n' in drawn
    assert '  "library_author" ||--o{ "library_book" : "author_id"\n' in drawn
    assert '  "library_book" |o--o{ "library_book" : "first_id"\n' in drawn
    assert '  "library_book" ||--o| "shop_bill" : "book_id"\n' in drawn


def odd() -> SchemaDiagram:
    """Names that nobody should give, and a type of several words."""
    column = Attribute(
        name='2nd "<na&me>"',
        type="timestamp(6) with time zone, odd",
        nullable=True,
        primary_key=False,
        unique=False,
        refers=True,
        default=None,
        comment=None,
    )
    name = 'table "<&>" {'
    reference = Reference(
        columns=(column.name,),
        target=name,
        target_columns=(column.name,),
        rules="",
        optional=True,
        single=False,
    )
    entity = Entity(
        name=name,
        app="shop",
        model="shop.Odd",
        columns=(column,),
        references=(reference,),
        items=(),
        comment=None,
    )
    return SchemaDiagram(
        dialect="sqlite", app="shop", migration="0001_x", entities=(entity,)
    )


def test_odd_names_are_quoted_for_mermaid() -> None:
    """A type or name becomes one word; what it is really called is a comment."""
    drawn = draw(odd(), "mermaid")

    assert 'title: "Tables of shop after 0001_x (sqlite)"' in drawn
    assert '  "table #34;#60;#38;#62;#34; {" {\n' in drawn
    assert (
        "    timestamp(6)_with_time_zone_odd c_2nd_na_me FK "
        '"2nd #34;#60;na#38;me#62;#34;, NULL"\n'
    ) in drawn


def test_the_text_for_graphviz_is_well_formed() -> None:
    """Its labels are XML."""
    drawn = draw(odd(), "dot")

    (label,) = re.findall(r"label=<(<TABLE.*</TABLE>)>\];", drawn)
    cells = [cell.text for cell in ElementTree.fromstring(label).iter("TD")]
    assert cells[-2:] == ['2nd "<na&me>"', "timestamp(6) with time zone, odd NULL"]


def test_graphviz_reads_its_text(project: Project) -> None:
    """Where it is installed; elsewhere the text alone is looked at."""
    drawn = draw(project.diagram(), "dot")
    graphviz = shutil.which("dot")

    assert drawn.startswith("digraph tables {\n")
    if graphviz is not None:
        for text in (drawn, draw(odd(), "dot"), draw(project.graph(), "dot")):
            subprocess.run([graphviz, "-Tsvg"], input=text.encode(), check=True)


def test_svg_shows_tables_with_their_columns(project: Project) -> None:
    """Well formed; a table is below those that it refers to."""
    root = ElementTree.fromstring(draw(project.diagram(), "svg"))
    odd_one = ElementTree.fromstring(draw(odd(), "svg"))

    texts = [
        "".join(text.itertext()) for text in root.iter() if text.tag.endswith("text")
    ]
    assert root.get("aria-label") == "Tables (sqlite), 4 tables"
    assert "PKidinteger" in texts
    assert "may be NULL" in texts
    assert "table &quot;" not in "".join(odd_one.itertext())
