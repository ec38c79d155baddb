"""
The tables of a schema as a picture.

Place: `project.drawing`, above `picture`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from math import ceil, sqrt
from operator import itemgetter

from whimbrel.project.diagram import Attribute, Entity, Reference, SchemaDiagram
from whimbrel.project.drawing.picture import Box, Entry, Link, Picture, Row


def tables_picture(diagram: SchemaDiagram) -> Picture:
    """Return *diagram* as boxes, each below those that it refers to."""
    return Picture(
        title=tables_heading(diagram),
        kind="tables",
        boxes=tuple(_box(entity) for entity in diagram.entities),
        links=tuple(_links(diagram)),
        legend=tuple(_legend(diagram)),
        lanes=False,
        across=max(3, ceil(1.2 * sqrt(len(diagram.entities)))),
    )


def tables_heading(diagram: SchemaDiagram) -> str:
    """Return what the picture shows."""
    whose = f" of {diagram.app}" if diagram.app else ""
    when = f" after {diagram.migration}" if diagram.migration else ""
    return f"Tables{whose}{when} ({diagram.dialect})"


def reference_words(entity: Entity, reference: Reference) -> str:
    """Return a foreign key in words."""
    here, there = ", ".join(reference.columns), ", ".join(reference.target_columns)
    words = f"{entity.name}({here}) refers to {reference.target}({there})"
    return f"{words} {reference.rules}".strip()


def column_words(column: Attribute) -> str:
    """Return a column in words that are nearly SQL."""
    words = [column.name, column.type, "NULL" if column.nullable else "NOT NULL"]
    if column.default is not None:
        words.append(f"DEFAULT {column.default}")
    if column.comment:
        words.append(f"({column.comment})")
    return " ".join(words)


def key_mark(column: Attribute) -> str:
    """Return what a column is to the keys of its table."""
    if column.primary_key:
        return "PK"
    if column.refers:
        return "FK"
    return "U" if column.unique else ""


def _box(entity: Entity) -> Box:
    return Box(
        key=entity.name,
        group=entity.app,
        title=entity.name,
        caption=entity.model,
        looks=("table", *(("context",) if entity.context else ())),
        rows=tuple(
            Row(
                mark=key_mark(column),
                name=column.name,
                kind=column.type + (" NULL" if column.nullable else ""),
            )
            for column in entity.columns
        ),
        notes=tuple(_notes(entity)),
        details=tuple(_details(entity)),
    )


def _notes(entity: Entity) -> Iterator[str]:
    yield f"{entity.name}: table of {entity.model}"
    if entity.comment:
        yield entity.comment
    for reference in entity.references:
        yield reference_words(entity, reference)


def _details(entity: Entity) -> Iterator[tuple[str, str]]:
    for column in entity.columns:
        yield key_mark(column), column_words(column)
    for item in entity.items:
        yield "·", item


def _links(diagram: SchemaDiagram) -> Iterator[Link]:
    for entity, drawn in itertools.groupby(diagram.drawn(), key=itemgetter(0)):
        found: dict[str, list[Reference]] = {}
        for _, reference in drawn:
            found.setdefault(reference.target, []).append(reference)
        for target, references in found.items():
            yield _link(entity, target, references)


def _link(entity: Entity, target: str, references: Sequence[Reference]) -> Link:
    """Return the one line for all foreign keys from one table to another."""
    return Link(
        upper=target,
        lower=entity.name,
        end="one" if all(one.single for one in references) else "many",
        dashed=all(one.optional for one in references),
        note="\n".join(reference_words(entity, one) for one in references),
    )


def _legend(diagram: SchemaDiagram) -> Iterator[Entry]:
    columns = [column for entity in diagram.entities for column in entity.columns]
    found = {key_mark(column) for column in columns}
    for mark, text in (("PK", "primary key"), ("FK", "foreign key"), ("U", "unique")):
        if mark in found:
            yield Entry(looks="table", mark=mark, text=text)
    references = [one for entity in diagram.entities for one in entity.references]
    if any(one.optional for one in references):
        yield Entry(looks="link", mark="", text="may be NULL")
    if any(entity.context for entity in diagram.entities):
        yield Entry(looks="context", mark="", text="of another app")
