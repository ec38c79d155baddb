"""
The history as a Whimbrel project with SQLAlchemy models.

One declarative base, one module of models and one folder of migrations per app,
in the words that `whimbrel makemigrations` itself would write; association tables
are models without a class, as SQLAlchemy has them.
"""

from __future__ import annotations

from common import BaseTarget
from target_alembic import PK, args_code, m2m_as_table
from target_alembic import Target as AlembicTarget

PHASES = {
    "outer": [
        ("import: the project's models", r"\bimport_sources "),
        ("migration files: find and run", r"\b(run_file|find_files) "),
        ("import: sqlalchemy and drivers", r"<module> \((sqlalchemy|psycopg|pymysql)/"),
        ("import: whimbrel", r"<module> \(.*whimbrel/"),
    ],
    "inner": [
        ("SQL: driver and server", r"\bdo_(execute|commit|rollback)\w* |\(psycopg/"),
        ("models: map historical classes", r"models/mapping\.py|state/apps\.py"),
        ("state: replay", r"history/replay\.py|state/project\.py|state/model\.py"),
        ("schema: lower", r"schema/lower|state/(assemble|build)\.py"),
        ("schema: compare and compile", r"whimbrel/schema/"),
        ("detect", r"whimbrel/detect/"),
        ("reflect", r"whimbrel/reflect/|state/dissect/"),
        ("graph and plan", r"whimbrel/history/"),
        ("execute", r"whimbrel/execute/"),
    ],
}
"""Phases of `profile_phases.py`, matched against frames."""

CONFIG = """[databases.default]
url = "env:PERF_DB_URL"

[apps]
{apps}"""
APP = '{app} = {{ models = "models.{app}:Base", migrations = "migrations/{app}" }}\n'

STATEMENT_LOG = '''"""Logs every statement to the file that PERF_SQL_LOG names."""

import os

if os.environ.get("PERF_SQL_LOG"):
    import json
    import time

    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    log = open(os.environ["PERF_SQL_LOG"], "a")

    @event.listens_for(Engine, "before_cursor_execute")
    def before(conn, cursor, statement, parameters, context, executemany):
        conn.info["t"] = time.perf_counter()

    @event.listens_for(Engine, "after_cursor_execute")
    def after(conn, cursor, statement, parameters, context, executemany):
        seconds = time.perf_counter() - conn.info["t"]
        row = [statement, parameters or None, seconds]
        log.write(json.dumps(row, default=str) + "\\n")
'''

MIGRATION = """import sqlalchemy as sa
from whimbrel import migrations

{functions}
class Migration(migrations.Migration):
{initial}    dependencies = [
{dependencies}    ]

    operations = [
{operations}    ]
"""

BASE = """from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass
"""

MODELS_HEAD = """import sqlalchemy as sa
from sqlalchemy.orm import mapped_column

from models.base import Base
"""

DATA_STEP = """
def fill_{number}(apps, schema_editor):
    {model} = apps.get_model("{app}", "{model}")
    {model}.objects.filter({field}={old!r}).update({field}={new!r})

"""


def class_name(op):
    """Return the name of the class that `target_alembic.model_code` writes."""
    return op["app"].title() + op["model"]


def column(field):
    """Return the source of a column; its foreign key is a constraint apart."""
    return f"sa.Column({args_code(field)})"


def foreign_key(field):
    return (
        f"sa.ForeignKeyConstraint([{field['column']!r}], "
        f"['{field['to_table']}.id'], name={field['fk_name']!r})"
    )


def index(name, columns):
    return f"sa.Index({name!r}, {', '.join(map(repr, columns))})"


def unique(name, columns):
    return f"sa.UniqueConstraint({', '.join(map(repr, columns))}, name={name!r})"


def create_table(name, table):
    """Return the source of a CreateModel for a table description."""
    keys = [f for f in table["fields"] if f["type"] == "fk"]
    fields = [f"('id', sa.Column({PK}, primary_key=True, autoincrement=True))"]
    fields += [f"({f['column']!r}, {column(f)})" for f in table["fields"]]
    indexes = [index(f["ix_name"], [f["column"]]) for f in keys]
    indexes += [index(x["name"], x["columns"]) for x in table["indexes"]]
    constraints = [foreign_key(f) for f in keys]
    constraints += [unique(x["name"], x["columns"]) for x in table["uniques"]]
    options = [f"'db_table': {table['table']!r}"] if name != table["table"] else []
    options += [f"'indexes': [{', '.join(indexes)}]"] if indexes else []
    options += [f"'constraints': [{', '.join(constraints)}]"] if constraints else []
    inner = "".join(f"            {line},\n" for line in fields)
    return (
        f"migrations.CreateModel(name={name!r}, fields=[\n{inner}        ], "
        f"options={{{', '.join(options)}}})"
    )


class Target(BaseTarget):
    """Whimbrel on SQLAlchemy's declarative models."""

    name = "whimbrel"

    def generate(self):
        h = self.h
        self.start()
        apps = "".join(APP.format(app=app) for app in h["apps"])
        self.write("whimbrel.toml", CONFIG.format(apps=apps))
        self.write("sitecustomize.py", STATEMENT_LOG)
        self.generate_models()
        seen = set()
        for step in h["steps"]:
            self.generate_step(step, first=step["app"] not in seen)
            seen.add(step["app"])

    def generate_models(self):
        apps = self.h["apps"]
        imports = "".join(f"from models import {app}\n" for app in apps)
        self.write("models/base.py", BASE)
        self.write("models/__init__.py", "from models.base import Base\n" + imports)
        # The classes are the very ones of the Alembic project.
        code = AlembicTarget(self.h, self.root).model_code
        for app in apps:
            mine = [code(m) for m in self.h["final"] if m["app"] == app]
            self.write(f"models/{app}.py", MODELS_HEAD + "".join(mine))

    def generate_step(self, step, *, first):
        functions, operations = [], []
        for number, op in enumerate(step["ops"]):
            if op["op"] == "data":
                functions.append(self.data_step(op, number))
                operations.append(
                    f"migrations.RunPython(fill_{number}, migrations.RunPython.noop)"
                )
            else:
                operations += self.operations(op)
        text = MIGRATION.format(
            functions="".join(functions),
            initial="    initial = True\n\n" if first else "",
            dependencies="".join(f"        {tuple(d)!r},\n" for d in step["deps"]),
            operations="".join(f"        {line},\n" for line in operations),
        )
        self.write(f"migrations/{step['app']}/{step['name']}.py", text)

    @staticmethod
    def data_step(op, number):
        return DATA_STEP.format(
            number=number,
            app=op["app"],
            model=class_name(op),
            field=op["field_name"],
            old=op["from"],
            new=op["to"],
        )

    def operations(self, op):
        """Return the source of what one neutral operation becomes."""
        return getattr(self, op["op"])(op)

    # ---- one method per neutral operation -------------------------------
    def create_model(self, op):
        return [create_table(class_name(op), op)]

    def delete_model(self, op):
        return [f"migrations.DeleteModel(name={class_name(op)!r})"]

    def add_m2m(self, op):
        table = m2m_as_table({**op["m2m"], "from_table": op["table"]})
        return [create_table(table["table"], table)]

    def add_field(self, op):
        f = op["field"]
        lines = [self.on(op, "AddField", name=repr(f["column"]), field=column(f))]
        if f["type"] == "fk":
            ix = index(f["ix_name"], [f["column"]])
            lines.append(self.on(op, "AddIndex", index=ix))
            lines.append(self.on(op, "AddConstraint", constraint=foreign_key(f)))
        return lines

    def remove_field(self, op):
        f = op["field"]
        lines = []
        if f["type"] == "fk":
            lines.append(self.on(op, "RemoveConstraint", name=repr(f["fk_name"])))
            lines.append(self.on(op, "RemoveIndex", name=repr(f["ix_name"])))
        return [*lines, self.on(op, "RemoveField", name=repr(f["column"]))]

    def alter_field(self, op):
        old, new = op["old"], op["field"]
        arguments = {"name": repr(new["column"]), "field": column(new)}
        if old["null"] and not new["null"]:
            value = new["default"]
            number = new["type"] in ("decimal", "float")
            arguments["fill"] = f"sa.text('{value}')" if number else repr(value)
        return [self.on(op, "AlterField", **arguments)]

    def rename_field(self, op):
        old, new = op["old"]["column"], op["field"]["column"]
        return [self.on(op, "RenameField", old_name=repr(old), new_name=repr(new))]

    def add_index(self, op):
        return [self.on(op, "AddIndex", index=index(op["name"], op["columns"]))]

    def remove_index(self, op):
        return [self.on(op, "RemoveIndex", name=repr(op["name"]))]

    def add_unique(self, op):
        constraint = unique(op["name"], op["columns"])
        return [self.on(op, "AddConstraint", constraint=constraint)]

    @staticmethod
    def on(op, operation, **arguments):
        said = "".join(f", {name}={code}" for name, code in arguments.items())
        return f"migrations.{operation}(model_name={class_name(op)!r}{said})"

    # ---- commands -------------------------------------------------------
    def env(self, db):
        # For `sitecustomize.py`, which does nothing unless statements are logged.
        return {**db.env(), "PYTHONPATH": self.root}

    def argv(self, case):
        command = [self.python, "-m", "whimbrel"]
        last = self.last_step
        return {
            "noop": [*command, "migrate"],
            "build": [*command, "migrate"],
            "record_only": [*command, "migrate", "--fake"],
            "check": [*command, "makemigrations", "--check"],
            "change": [*command, "makemigrations", "--noinput"],
            "back": [*command, "migrate", last["app"], self.step_before_last["name"]],
            "forward": [*command, "migrate"],
            "list": [*command, "showmigrations"],
            "status": [*command, "showmigrations", "--plan"],
            "pending": [*command, "migrate", "--check"],
            "sqlmigrate": [*command, "sqlmigrate", last["app"], last["name"]],
        }.get(case)

    def before(self, case):
        if case == "change":
            change = self.h["change"]
            f = change["field"]
            self.patch(
                f"models/{change['app']}.py",
                rf"^    __tablename__ = '{change['table']}'\n",
                f"    {f['name']} = mapped_column({args_code(f)})\n",
            )

    def after(self, case):
        if case == "change":
            self.unpatch()
