"""
`whimbrel check`: look for problems.

Place: `cli`, one of the commands.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Unpack

import click

from whimbrel.cli.call import (
    Options,
    common_options,
    continued,
    counted,
    formatted,
    from_here,
    show_json,
)
from whimbrel.project.check import Checked, Finding, check
from whimbrel.project.config import load_config


@click.command("check")
@formatted
@common_options
@click.pass_context
def command(ctx: click.Context, form: str, **options: Unpack[Options]) -> None:
    """
    Look for problems in the configuration, models, migrations and databases.

    Changes nothing; exit 1 if there is a problem.
    """
    call = continued(ctx, options)
    checked = check(load_config(call.config))
    if form == "json":
        show_json(asdict(checked))
    else:
        _print(checked)
    if checked.findings:
        ctx.exit(1)


def _print(checked: Checked) -> None:
    for finding in checked.findings:
        click.echo(_text(finding))
    looked_at = ", ".join(
        (
            counted(checked.apps, "app"),
            counted(checked.models, "model"),
            counted(checked.migrations, "migration"),
            f"databases: {', '.join(checked.databases)}",
        )
    )
    if checked.findings:
        text = counted(len(checked.findings), "problem")
        click.echo(f"{click.style(text, fg='red', bold=True)} in {looked_at}")
    else:
        click.echo(f"{click.style('No problems', fg='green')} in {looked_at}")


def _text(finding: Finding) -> str:
    lines = [f"{click.style(f'[{finding.code}]', fg='red')} {finding.what}"]
    for label, text in (("at", from_here(finding.where)), ("fix", finding.fix)):
        if text:
            lines.append(f"  {click.style(label + ':', fg='cyan')} {text}")
    return "\n".join(lines)
