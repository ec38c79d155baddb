"""Pictures as text: well formed, complete, and nothing in a name can break them."""

from __future__ import annotations

import json
import re
from datetime import datetime
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from whimbrel.project.describe import Described
from whimbrel.project.drawing.draw import FORMS, draw
from whimbrel.project.drawing.svg import cut, escaped
from whimbrel.project.graph import GraphNode, MigrationGraph, Status

SVG = "{http://www.w3.org/2000/svg}"
EVIL = "</script><script>alert('\"1\"')</script> & {{data}} \\ #quot; \x00"
WHEN = datetime(2026, 9, 1, 12, 0)


def node(
    app: str, name: str, status: Status = Status.PENDING, **said: object
) -> GraphNode:
    arguments: dict[str, object] = {
        "app": app,
        "name": name,
        "status": status,
        "when": None,
        "operations": (),
        "replaces": (),
        "after": (),
        "pushed": (),
        "leaf": False,
        "context": False,
    }
    return GraphNode(**(arguments | said))  # type: ignore[arg-type]  # checked by use


GRAPH = MigrationGraph(
    database="main",
    nodes=(
        node("auth", "0001_initial", Status.APPLIED, when=WHEN, context=True),
        node(
            "shop",
            "0001_squashed",
            Status.REPLACED,
            replaces=(("shop", "0001_a"), ("shop", "0002_b")),
            after=(("auth", "0001_initial"),),
        ),
        node(
            "shop",
            "0003_left",
            after=(("shop", "0001_squashed"),),
            leaf=True,
            operations=(Described(symbol="p", text="Run code", detail=EVIL),),
        ),
        node(
            "shop",
            "0003_right",
            after=(("auth", "0001_initial"), ("shop", "0001_squashed")),
            pushed=(("auth", "0001_initial"),),
            leaf=True,
        ),
    ),
    aside=(),
    lost=(),
)


def parsed_svg() -> ElementTree.Element:
    return ElementTree.fromstring(draw(GRAPH, "svg"))


def boxes(root: ElementTree.Element) -> list[ElementTree.Element]:
    return [g for g in root.iter(f"{SVG}g") if "data-box" in g.attrib]


def test_svg_is_well_formed_and_needs_nothing_else() -> None:
    """It is a file of its own, in light and dark."""
    root = parsed_svg()
    text = draw(GRAPH, "svg")

    assert root.tag == f"{SVG}svg"
    assert not re.search(r"(?:href|src)=|url\(|@import|http(?!://www\.w3\.org)", text)
    assert "prefers-color-scheme: dark" in text


def test_svg_says_what_it_shows_to_those_who_do_not_see() -> None:
    """The whole and each box have a role and a label; boxes have their operations."""
    root = parsed_svg()

    assert root.get("aria-label") == "Migrations of database main, 4 migrations"
    assert root.get("role") == "graphics-document document"
    assert [box.get("aria-label") for box in boxes(root)] == [
        "auth.0001_initial: applied 2026-09-01 12:00:00",
        "shop.0001_squashed: all that it replaces is applied",
        "shop.0003_left: pending",
        "shop.0003_right: pending",
    ]
    titles = [box.findtext(f"{SVG}title") or "" for box in boxes(root)]
    assert titles[1].endswith("replaces shop.0001_a, shop.0002_b")
    assert titles[2].startswith(
        "shop.0003_left: pending\none of several ends of its app\np Run code (</script>"
    )


def test_svg_marks_by_more_than_colour() -> None:
    """A sign before the name, a dashed frame, a thick one."""
    found = boxes(parsed_svg())

    assert [box.get("class") for box in found] == [
        "box applied context",
        "box replaced",
        "box pending conflict",
        "box pending conflict",
    ]
    assert ["".join(box.findall(f"{SVG}text")[1].itertext()) for box in found] == [
        "✓ 0001_initial",
        "◐ 0001_squashed",
        "○ 0003_left",
        "○ 0003_right",
    ]


def test_svg_explains_its_signs() -> None:
    """Those that occur."""
    texts = {text.text for text in parsed_svg().iter(f"{SVG}text")}

    assert {
        "applied",
        "all that it replaces is applied",
        "pending",
        "several ends of one app",
        "of another app",
        "run_before",
    } <= texts
    assert "no database asked" not in texts


class Page(HTMLParser):
    """Elements, and the text of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.open: list[str] = []
        self.links: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [str(given[key]) for key in ("href", "src") if key in given]
        if tag not in ("meta", "input", "rect", "path"):
            self.open.append(tag)
        if tag == "script":
            self.scripts.append((given, ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            given, text = self.scripts[-1]
            self.scripts[-1] = (given, text + data)


def test_the_page_is_whole_and_loads_nothing() -> None:
    """Every element is closed; the browser is told to fetch nothing."""
    text = draw(GRAPH, "html")
    page = Page(text)

    assert page.open == []
    assert page.links == []
    assert "default-src 'none'" in text
    assert [given.get("type") for given, _ in page.scripts] == [
        "application/json",
        None,
    ]


def test_nothing_in_a_name_gets_out_of_its_place() -> None:
    """Neither an element, nor a script, nor a place for another part."""
    page = Page(draw(GRAPH, "html"))

    data = json.loads(page.scripts[0][1])

    assert data["boxes"][2]["details"] == [["p", f"Run code ({EVIL})"]]


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_graph_is_a_picture_too(form: str) -> None:
    """Of a project that has just begun."""
    empty = MigrationGraph(database=None, nodes=(), aside=(), lost=())

    drawn = draw(empty, next(known for known in FORMS if known == form))

    assert "Migrations" in drawn
    if form == "svg":
        ElementTree.fromstring(drawn)


def test_texts_for_mermaid_and_graphviz_are_quoted() -> None:
    """In their own ways."""
    graph = MigrationGraph(
        database=None,
        nodes=(node("a", 'x"<#>\\', Status.UNKNOWN),),
        aside=(),
        lost=(),
    )

    assert '["x#34;#60;#35;#62;#92;"]' in draw(graph, "mermaid")
    assert '"a.x\\"<#>\\\\"' in draw(graph, "dot")


def test_long_names_are_cut_where_they_are_shown() -> None:
    """The tooltip has them whole."""
    assert cut("0001_initial") == "0001_initial"
    assert cut("x" * 41) == "x" * 39 + "…"
    assert cut("書" * 21) == "書" * 19 + "…"
    assert escaped('<&>"\x00\ud800') == "&lt;&amp;&gt;&quot;��"
