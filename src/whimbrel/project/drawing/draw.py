"""
A picture in one of the forms.

Place: `project.drawing`, top.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from whimbrel.project.drawing.dot import digraph
from whimbrel.project.drawing.html import html
from whimbrel.project.drawing.mermaid import flowchart
from whimbrel.project.drawing.migrations import migrations_picture
from whimbrel.project.drawing.svg import svg
from whimbrel.project.graph import MigrationGraph

Form: TypeAlias = Literal["mermaid", "dot", "svg", "html"]

FORMS: tuple[Form, ...] = get_args(Form)


def draw(subject: MigrationGraph, form: Form) -> str:
    """Return the picture of *subject* as the text of a file."""
    match form:
        case "mermaid":
            return flowchart(subject)
        case "dot":
            return digraph(subject)
        case "svg":
            return svg(migrations_picture(subject))
        case "html":
            return html(migrations_picture(subject))
