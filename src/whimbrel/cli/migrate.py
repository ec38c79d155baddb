"""
`whimbrel migrate`: apply migrations, or take them back.

Place: `cli`, one of the commands. Most runs find nothing to do, so this file
imports only what it takes to find that out.
"""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy.engine import Connection

from whimbrel.cli.call import (
    Call,
    asks,
    common_options,
    continued,
    formatted,
    say,
    shared_options,
    show_json,
)
from whimbrel.cli.lazy import load
from whimbrel.errors.base import WhimbrelError
from whimbrel.project.config import DEFAULT, Config, load_config
from whimbrel.project.engine import is_absent, run
from whimbrel.project.uptodate import is_up_to_date

NOTHING = "No migrations to apply."
NOTHING_PLANNED = "No planned migration operations."


@click.command("migrate")
@click.argument("app", required=False)
@click.argument("name", metavar="[MIGRATION]", required=False)
@click.option("--database", default=DEFAULT, show_default=True, help="Which database.")
@click.option("--fake", is_flag=True, help="Record it, and do nothing else.")
@click.option(
    "--fake-initial", is_flag=True, help="Record what the database has already."
)
@click.option(
    "--fuse/--no-fuse",
    default=None,
    help="Execute migrations as one where that changes nothing, or one by one.",
)
@click.option("--plan", "plan_only", is_flag=True, help="Show what would be done.")
@click.option("--check", is_flag=True, help="Do nothing; exit 1 if there is something.")
@click.option("--prune", is_flag=True, help="Forget APP's records without a file.")
@click.option(
    "--noinput", "--no-input", is_flag=True, help="Accepted; nothing is asked."
)
@formatted
@common_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    app: str | None,
    name: str | None,
    database: str,
    form: str,
    noinput: bool,
    check: bool,
    **options: Any,
) -> None:
    """
    Apply the migrations that a database lacks.

    With APP, those of one app and what they need. With MIGRATION, its name or
    the beginning of it, exactly up to there: later ones are taken back. "zero"
    takes all of APP's back.
    """
    call = continued(ctx, shared_options(options))
    config = load_config(call.config)
    wanted = {**options, "app": app, "target": name, "database": database}
    shows_plan = wanted["plan_only"]
    wanted["plan_only"] = shows_plan or check
    wanted["losses"] = shows_plan
    if form == "json" and not shows_plan:
        raise click.UsageError("--format json goes with --plan.")

    result = _migrate(config, call, wanted)
    if result is None:
        if form == "json":
            show_json({"database": database, "plan": []})
        elif shows_plan or not check:
            click.echo(NOTHING_PLANNED if shows_plan else NOTHING)
        return
    text = load("cli.migrate_text")
    if form == "json":
        show_json(text.as_json(result))
    elif shows_plan:
        text.print_plan(result)
    elif not check:
        text.print_end(result)
        # It takes an import of the models: only where somebody reads it.
        if result.done and app is None and asks():
            _say_unrecorded(config)
    if check and result.plan:
        ctx.exit(1)


def _migrate(config: Config, call: Call, wanted: dict[str, Any]) -> Any:
    """Return what was done; None where a glance shows that there is nothing."""
    database = wanted["database"]
    if is_absent(config, database):
        full = load("project.migrate")
        result = full.foreseen(config, full.Request(**wanted))
        if wanted["plan_only"] or not result.plan:
            return result

    def job(connection: Connection) -> Any:
        plain = not wanted["prune"] and not (wanted["fake"] and wanted["fake_initial"])
        if plain and wanted["app"] is None and is_up_to_date(connection, config):
            return None
        return _migrate_on(connection, config, call, wanted)

    return run(config, database, job)


def _migrate_on(
    connection: Connection, config: Config, call: Call, wanted: dict[str, Any]
) -> Any:
    full = load("project.migrate")
    report = load("cli.migrate_text").Report(call.verbosity)
    try:
        return full.migrate_on(
            connection,
            config,
            full.Request(**wanted),
            starting=report.starting,
            progress=report.progress,
            observe=report.observe,
            notice=report.notice,
        )
    finally:
        report.close_line()


def _say_unrecorded(config: Config) -> None:
    """Tell a person what the models have and no migration has."""
    try:
        apps = load("project.makemigrations").changed_apps(config)
    except WhimbrelError:
        # Broken models are news for `makemigrations`, not for this command.
        return
    if apps:
        say(f"Models of {', '.join(apps)} have changes that no migration has yet.")
        say("Run whimbrel makemigrations to write them.")
