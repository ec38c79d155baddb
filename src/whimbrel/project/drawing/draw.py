"""
A picture in one of the forms.

Place: `project.drawing`, top.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from whimbrel.project.diagram import SchemaDiagram
from whimbrel.project.drawing.dot import digraph, tables_digraph
from whimbrel.project.drawing.html import html
from whimbrel.project.drawing.mermaid import er_diagram, flowchart
from whimbrel.project.drawing.migrations import migrations_picture
from whimbrel.project.drawing.picture import Picture
from whimbrel.project.drawing.svg import svg
from whimbrel.project.drawing.tables import tables_picture
from whimbrel.project.graph import MigrationGraph

Form: TypeAlias = Literal["mermaid", "dot", "svg", "html"]

FORMS: tuple[Form, ...] = get_args(Form)


Subject: TypeAlias = MigrationGraph | SchemaDiagram


def draw(subject: Subject, form: Form) -> str:
    """Return the picture of *subject* as the text of a file."""
    match form:
        case "mermaid":
            if isinstance(subject, MigrationGraph):
                return flowchart(subject)
            return er_diagram(subject)
        case "dot":
            if isinstance(subject, MigrationGraph):
                return digraph(subject)
            return tables_digraph(subject)
        case "svg":
            return svg(_picture(subject))
        case "html":
            return html(_picture(subject))


def _picture(subject: Subject) -> Picture:
    if isinstance(subject, MigrationGraph):
        return migrations_picture(subject)
    return tables_picture(subject)
