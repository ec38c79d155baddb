"""The page of `whimbrel graph`, opened in a real browser and used."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from browser import MISSING, find_browser, opened
from e2e.project import Project
from e2e.test_graph import library

__all__ = ["library"]

WATCH = """<script>
window.problems = [];
addEventListener("error", (event) => problems.push(event.message));
addEventListener("securitypolicyviolation", (event) => problems.push(event.blockedURI));
</script>"""

USE = Path(__file__).parent / "fixtures" / "use_graph_page.js"
"""What a person does, as a script that notes what it saw."""

TELL = """
const told = document.createElement("pre");
told.id = "saw";
told.textContent = JSON.stringify(saw);
document.body.append(told);
"""


@pytest.fixture
def browser() -> str:
    """The path of a browser; without one, the test says that it has not run."""
    found = find_browser()
    if found is None:
        pytest.skip(MISSING)
    return found


def seen(browser: str, page: Path, script: str) -> Any:
    """Open *page*, run *script* in it, and return what the script saw."""
    text = page.read_text(encoding="utf-8")
    text = text.replace("<style>", f"{WATCH}<style>", 1)
    end = f"<script>{script}{TELL}</script></body>"
    page.write_text(text.replace("</body>", end), encoding="utf-8")
    document = opened(browser, page, page.parent / ".browser")
    told = re.search(r'<pre id="saw">(.*?)</pre>', document, flags=re.DOTALL)
    assert told is not None, document[-3000:]
    return json.loads(unescape(told[1]))


def test_a_person_looks_at_the_tables(library: Project, browser: str) -> None:
    """Of the schema; a click tells about the columns."""
    library.ok("graph", "--schema", "--output", "schema.html")

    saw = seen(
        browser,
        library.folder / "schema.html",
        """
        const last = [...document.querySelectorAll(".box")].at(-1);
        last.dispatchEvent(new MouseEvent("click", { bubbles: true }));
        const saw = { problems, panel: document.getElementById("panel").innerText };
        """,
    )

    assert saw["problems"] == []
    assert saw["panel"].split()[1] == "shop_order"
    assert "book_id bigint NOT NULL" in saw["panel"]
    assert saw["panel"].split()[-3:] == ["Refers", "to", "library_book"]


def test_a_person_uses_the_page(library: Project, browser: str) -> None:
    """Opens it, clicks, searches, filters, scales and moves; nothing goes wrong."""
    library.ok("graph", "--output", "graph.html")

    saw = seen(browser, library.folder / "graph.html", USE.read_text(encoding="utf-8"))

    assert saw["problems"] == []
    assert saw["start"] == {
        "boxes": ["library.0001_initial", "shop.0001_initial", "library.0002_tell"],
        "panel": True,
        "groups": ["library1 of 2 ○", "shop1 of 1 ○"],
    }
    assert saw["clicked"]["text"].split()[1:3] == ["library.0002_tell", "pending"]
    assert '(Say </script> "quoted" & <b>bold</b>.)' in saw["clicked"]["text"]
    assert saw["clicked"]["near"] == saw["start"]["boxes"]
    assert saw["clicked"]["hash"] == "#library.0002_tell"
    assert saw["jumped"] == "library.0001_initial"
    assert saw["closed"] is True
    assert saw["searched"] == {"hits": ["shop.0001_initial"], "said": "1 found"}
    assert saw["filtered"] == {
        "boxes": ["library.0001_initial", "library.0002_tell"],
        "links": 1,
    }
    assert saw["fitted"] is True
    assert saw["zoomed"] == pytest.approx(1 / 1.3)
    assert saw["moved"] is True
    assert saw["visible"] is True
