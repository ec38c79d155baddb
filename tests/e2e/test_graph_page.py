"""The page of `whimbrel graph`, opened in a real browser and used."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

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
"""What a person does, as a script that leaves what it saw in the document."""


def test_a_person_uses_the_page(library: Project, tmp_path: Path) -> None:
    """Opens it, clicks, searches, filters, scales and moves; nothing goes wrong."""
    browser = find_browser()
    if browser is None:
        pytest.skip(MISSING)
    library.ok("graph", "--output", "graph.html")
    page = library.folder / "graph.html"
    text = page.read_text(encoding="utf-8")
    text = text.replace("<style>", f"{WATCH}<style>", 1)
    use = f"<script>{USE.read_text(encoding='utf-8')}</script></body>"
    page.write_text(text.replace("</body>", use), encoding="utf-8")

    document = opened(browser, page, tmp_path / "browser")

    told = re.search(r'<pre id="saw">(.*?)</pre>', document, flags=re.DOTALL)
    assert told is not None, document[-3000:]
    saw = json.loads(unescape(told[1]))
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
    assert saw["zoomed"] == pytest.approx(1 / 1.3)
    assert saw["moved"] is True
    assert saw["visible"] is True
