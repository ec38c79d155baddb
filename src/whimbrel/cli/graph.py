"""
`whimbrel graph`: the migrations, or the tables that they make, as a picture.

Place: `cli`, one of the commands.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Unpack

import click

from whimbrel.cli.call import Options, common_options, continued, say
from whimbrel.errors.project import DatabaseUnreachable
from whimbrel.project.config import DEFAULT, Config, load_config
from whimbrel.project.diagram import SchemaDiagram, diagram
from whimbrel.project.drawing.draw import FORMS, Subject, draw
from whimbrel.project.graph import GraphNode, MigrationGraph, graph
from whimbrel.project.init import write_file

SUFFIXES = {
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".svg": "svg",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
}
"""The end of a file's name → what it holds."""

FOR_FILES = ("svg", "html")
"""Forms that nobody reads in a terminal."""


@click.command("graph")
@click.argument("labels", metavar="[APP]... | --schema [APP [MIGRATION]]", nargs=-1)
@click.option("--schema", is_flag=True, help="The tables, at a point of the history.")
@click.option(
    "--format",
    "form",
    type=click.Choice([*FORMS, "json"]),
    help="What to draw it as; by the name of --output, else mermaid.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it; else it is printed.",
)
@click.option("--database", default=DEFAULT, show_default=True, help="Which database.")
@click.option("--offline", is_flag=True, help="Ask no database what is applied.")
@common_options
@click.pass_context
def command(
    ctx: click.Context,
    labels: tuple[str, ...],
    schema: bool,
    form: str | None,
    output: Path | None,
    database: str,
    offline: bool,
    **options: Unpack[Options],
) -> None:
    """
    Draw the migrations: what each comes after, and which are applied.

    Of the apps APP and what they need, or of all. With --schema it is the tables
    and how they refer to each other: of APP, or of all; after MIGRATION, or at the
    end. No database is asked for them.
    """
    call = continued(ctx, options)
    form = form or (SUFFIXES.get(output.suffix.lower()) if output else None)
    if form in FOR_FILES and output is None and sys.stdout.isatty():
        raise click.UsageError(f"Name a file: --output graph.{form}")
    if schema and len(labels) > 2:
        raise click.UsageError("--schema takes one APP and one MIGRATION.")
    config = load_config(call.config)
    if schema:
        _put(_text(diagram(config, *labels, database=database), form), output)
        return
    drawn = _graph(config, labels, None if offline else database)
    _put(_text(drawn, form), output)
    for app, name in drawn.lost:
        mark = click.style("applied, but its file is gone", fg="yellow")
        say(f"{app}.{name}: {mark}")


def _graph(
    config: Config, labels: tuple[str, ...], database: str | None
) -> MigrationGraph:
    try:
        return graph(config, labels, database=database)
    except DatabaseUnreachable as error:
        error.add_note("Without a database: whimbrel graph --offline")
        raise


def _text(drawn: Subject, form: str | None) -> str:
    if form == "json":
        said = asdict(drawn) if isinstance(drawn, SchemaDiagram) else _as_json(drawn)
        return json.dumps(said, indent=2, ensure_ascii=False) + "\n"
    return draw(drawn, next((known for known in FORMS if known == form), FORMS[0]))


def _put(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
    elif output.exists() and not output.is_file():
        # A device or a pipe is written to; to replace it would be a surprise.
        output.write_text(text, encoding="utf-8")
    else:
        write_file(output, text)
        say(f"Wrote {output}")


def _as_json(drawn: MigrationGraph) -> dict[str, Any]:
    return {
        "database": drawn.database,
        "migrations": [_node_as_json(node) for node in drawn.nodes],
        "conflicts": _names(sorted(drawn.conflicts)),
        "unused_squashes": _names(drawn.aside),
        "without_file": _names(drawn.lost),
    }


def _node_as_json(node: GraphNode) -> dict[str, Any]:
    return {
        "app": node.app,
        "name": node.name,
        "status": node.status.value,
        "when": node.when.isoformat() if node.when else None,
        "operations": [
            {
                "symbol": operation.symbol,
                "text": operation.text,
                "detail": operation.detail,
                "reversible": operation.reversible,
            }
            for operation in node.operations
        ],
        "replaces": _names(node.replaces),
        "after": _names(node.after),
        "run_before": _names(node.pushed),
        "leaf": node.leaf,
        "context": node.context,
    }


def _names(keys: Any) -> list[str]:
    return [f"{app}.{name}" for app, name in keys]
