"""The history as an Alembic project: models and one linear chain of revisions."""

from __future__ import annotations

import hashlib

from common import BaseTarget

INI = """[alembic]
script_location = %(here)s/migrations
prepend_sys_path = .
path_separator = os

[loggers]
keys = root,sqlalchemy,alembic

[handlers]
keys = console

[formatters]
keys = generic

[logger_root]
level = WARNING
handlers = console
qualname =

[logger_sqlalchemy]
level = WARNING
handlers =
qualname = sqlalchemy.engine

[logger_alembic]
level = INFO
handlers =
qualname = alembic

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic

[formatter_generic]
format = %(levelname)-5.5s [%(name)s] %(message)s
datefmt = %H:%M:%S
"""
ENV = """import os
from logging.config import fileConfig

from sqlalchemy import create_engine, pool

from alembic import context

config = context.config
if config.config_file_name is not None:
    fileConfig(config.config_file_name)

from models import Base  # noqa: E402

target_metadata = Base.metadata
per_migration = bool(os.environ.get("PERF_ALEMBIC_TX_PER_MIGRATION"))


def run_migrations_offline():
    context.configure(url=os.environ["PERF_DB_URL"], target_metadata=target_metadata, literal_binds=True,
                      dialect_opts={"paramstyle": "named"}, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online():
    connectable = create_engine(os.environ["PERF_DB_URL"], poolclass=pool.NullPool)
    if os.environ.get("PERF_SQL_LOG"):
        log_statements(connectable)
    with connectable.connect() as connection:
        context.configure(connection=connection, target_metadata=target_metadata, render_as_batch=True,
                          transaction_per_migration=per_migration)
        with context.begin_transaction():
            context.run_migrations()


def log_statements(engine):
    import json
    import time

    from sqlalchemy import event

    log = open(os.environ["PERF_SQL_LOG"], "a")

    @event.listens_for(engine, "before_cursor_execute")
    def before(conn, cursor, statement, parameters, context, executemany):
        conn.info["t"] = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def after(conn, cursor, statement, parameters, context, executemany):
        log.write(json.dumps([statement, parameters or None, time.perf_counter() - conn.info["t"]], default=str) + "\\n")


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
"""
MAKO = '''"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

# revision identifiers, used by Alembic.
revision: str = ${repr(up_revision)}
down_revision: Union[str, Sequence[str], None] = ${repr(down_revision)}
branch_labels: Union[str, Sequence[str], None] = ${repr(branch_labels)}
depends_on: Union[str, Sequence[str], None] = ${repr(depends_on)}


def upgrade() -> None:
    """Upgrade schema."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Downgrade schema."""
    ${downgrades if downgrades else "pass"}
'''
REVISION = '''"""%(message)s

Revision ID: %(rev)s
Revises: %(down)s
Create Date: 2024-01-01 00:00:00.000000

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = %(rev)r
down_revision: Union[str, Sequence[str], None] = %(down)r
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
%(up)s

def downgrade() -> None:
    """Downgrade schema."""
%(dn)s'''
PK = "sa.BigInteger().with_variant(sa.Integer(), 'sqlite')"
TYPES = {
    "text": "sa.Text()",
    "int": "sa.Integer()",
    "bigint": "sa.BigInteger()",
    "smallint": "sa.SmallInteger()",
    "bool": "sa.Boolean()",
    "date": "sa.Date()",
    "datetime": "sa.DateTime()",
    "float": "sa.Double()",
    "fk": "sa.BigInteger()",
}


def type_code(f):
    if f["type"] == "char":
        return f"sa.String(length={f['max_length']})"
    if f["type"] == "decimal":
        return f"sa.Numeric(precision={f['max_digits']}, scale={f['decimal_places']})"
    return TYPES[f["type"]]


def default_code(f):
    if "default" not in f:
        return None
    if f["type"] == "char":
        return repr(f["default"])
    if f["type"] == "bool":
        return "sa.true()" if f["default"] else "sa.false()"
    return f"sa.text('{f['default']}')"


def args_code(f):
    d = default_code(f)
    return (
        f"{type_code(f)}, "
        + (f"server_default={d}, " if d is not None else "")
        + f"nullable={f['null']}"
    )


def column_code(f):
    return f"sa.Column({f['column']!r}, {args_code(f)})"


def table_code(m):
    t = m["table"]
    parts = [f"sa.Column('id', {PK}, autoincrement=True, nullable=False)"] + [
        column_code(f) for f in m["fields"]
    ]
    parts += [
        f"sa.ForeignKeyConstraint([{f['column']!r}], ['{f['to_table']}.id'], name={f['fk_name']!r})"
        for f in m["fields"]
        if f["type"] == "fk"
    ]
    parts.append(f"sa.PrimaryKeyConstraint('id', name='pk_{t[:55]}')")
    parts += [
        f"sa.UniqueConstraint({', '.join(map(repr, u['columns']))}, name={u['name']!r})"
        for u in m["uniques"]
    ]
    lines = [f"op.create_table({t!r},"] + ["    " + p + "," for p in parts]
    lines[-1] = lines[-1][:-1]
    lines.append(")")
    ix = [(f["ix_name"], [f["column"]]) for f in m["fields"] if f["type"] == "fk"]
    ix += [(x["name"], x["columns"]) for x in m["indexes"]]
    if ix:
        lines.append(f"with op.batch_alter_table({t!r}, schema=None) as batch_op:")
        lines += [
            f"    batch_op.create_index({n!r}, {c!r}, unique=False)" for n, c in ix
        ]
        lines.append("")
    return lines


def m2m_as_table(x):
    fields = [
        {
            "column": c,
            "type": "fk",
            "null": False,
            "to_table": t,
            "fk_name": fk,
            "ix_name": ix,
        }
        for c, t, fk, ix in zip(
            (x["from_column"], x["to_column"]),
            (x["from_table"], x["to_table"]),
            x["fk_names"],
            x["ix_names"],
            strict=False,
        )
    ]
    return {
        "table": x["table"],
        "fields": fields,
        "indexes": [],
        "uniques": [
            {"name": x["unique"], "columns": [x["from_column"], x["to_column"]]}
        ],
    }


class Target(BaseTarget):
    name = "alembic"

    def generate(self):
        h = self.h
        self.start()
        self.write("alembic.ini", INI)
        self.write("migrations/env.py", ENV)
        self.write("migrations/script.py.mako", MAKO)
        base = "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n\n\n"
        self.write("models/base.py", base)
        self.write(
            "models/__init__.py",
            "from models.base import Base\n"
            + "".join(f"from models import {a}\n" for a in h["apps"]),
        )
        for app in h["apps"]:
            models = [m for m in h["final"] if m["app"] == app]
            self.write(
                f"models/{app}.py",
                "import sqlalchemy as sa\nfrom sqlalchemy.orm import mapped_column\n\n"
                "from models.base import Base\n"
                + "".join(map(self.model_code, models)),
            )
        down = None
        for s in h["steps"]:
            rev = self.rev(s)
            up, dn = self.bodies(s)
            slug = f"{s['app']}_{s['name']}".lower()[:40].rstrip("_")
            self.write(
                f"migrations/versions/{rev}_{slug}.py",
                REVISION
                % {
                    "message": f"{s['app']} {s['name']}",
                    "rev": rev,
                    "down": down,
                    "up": indent(up),
                    "dn": indent(dn),
                },
            )
            down = rev

    @staticmethod
    def rev(s):
        return hashlib.md5(f"step {s['n']}".encode()).hexdigest()[:12]

    def model_code(self, m):
        out = [
            f"\n\nclass {m['app'].title()}{m['model']}(Base):",
            f"    __tablename__ = {m['table']!r}",
            "",
            f"    id = mapped_column({PK}, primary_key=True, autoincrement=True)",
        ]
        for f in m["fields"]:
            if f["type"] == "fk":
                out.append(
                    f"    {f['column']} = mapped_column(sa.BigInteger(), sa.ForeignKey('{f['to_table']}.id', "
                    f"name={f['fk_name']!r}), nullable={f['null']})"
                )
            else:
                out.append(f"    {f['name']} = mapped_column({args_code(f)})")
        args = [
            f"sa.Index({f['ix_name']!r}, {f['column']!r})"
            for f in m["fields"]
            if f["type"] == "fk"
        ]
        args += [
            f"sa.Index({x['name']!r}, {', '.join(map(repr, x['columns']))})"
            for x in m["indexes"]
        ]
        args += [
            f"sa.UniqueConstraint({', '.join(map(repr, x['columns']))}, name={x['name']!r})"
            for x in m["uniques"]
        ]
        if args:
            out.append("\n    __table_args__ = (")
            out += ["        " + a + "," for a in args]
            out.append("    )")
        for x in m["m2m"]:
            t = m2m_as_table({**x, "from_table": m["table"]})
            out.append(
                f"\n\n{x['table']} = sa.Table(\n    {x['table']!r},\n    Base.metadata,\n"
                f"    sa.Column('id', {PK}, primary_key=True, autoincrement=True),"
            )
            for f in t["fields"]:
                out.append(
                    f"    sa.Column({f['column']!r}, sa.BigInteger(), sa.ForeignKey('{f['to_table']}.id', name={f['fk_name']!r}), nullable=False),"
                )
            for f in t["fields"]:
                out.append(f"    sa.Index({f['ix_name']!r}, {f['column']!r}),")
            u = t["uniques"][0]
            out.append(
                f"    sa.UniqueConstraint({', '.join(map(repr, u['columns']))}, name={u['name']!r}),\n)"
            )
        return "\n".join(out) + "\n"

    # ---- revision bodies ----------------------------------------------
    def bodies(self, s):
        """Upgrade and downgrade lines; neighbouring operations on other columns of one table share a batch."""
        groups = []
        for op in s["ops"]:
            for table, cols, up, dn in self.op_parts(op):
                g = groups[-1] if groups else None
                if table and g and g["table"] == table and not (g["cols"] & cols):
                    g["cols"] |= cols
                    g["up"] += up
                    g["dn"] = dn + g["dn"]
                else:
                    groups.append(
                        {"table": table, "cols": set(cols), "up": up, "dn": dn}
                    )
        up, dn = [], []
        for g in groups:
            up += self.wrap(g["table"], g["up"])
        for g in reversed(groups):
            dn += self.wrap(g["table"], g["dn"])
        return up or ["pass"], dn or ["pass"]

    @staticmethod
    def wrap(table, lines):
        if not table or not lines:
            return lines
        return (
            [f"with op.batch_alter_table({table!r}, schema=None) as batch_op:"]
            + ["    " + x for x in lines]
            + [""]
        )

    def op_parts(self, op):
        """(table of the batch or None, columns touched, upgrade lines, downgrade lines)"""
        k, t = op["op"], op["table"]
        if k == "create_model":
            return [(None, set(), table_code(op), [f"op.drop_table({t!r})"])]
        if k == "delete_model":
            return [(None, set(), [f"op.drop_table({t!r})"], table_code(op))]
        if k == "add_m2m":
            m = m2m_as_table({**op["m2m"], "from_table": t})
            return [(None, set(), table_code(m), [f"op.drop_table({m['table']!r})"])]
        if k in ("add_field", "remove_field"):
            f = op["field"]
            c = f["column"]
            add, rem = (
                [f"batch_op.add_column({column_code(f)})"],
                [f"batch_op.drop_column({c!r})"],
            )
            if f["type"] == "fk":
                add += [
                    f"batch_op.create_index({f['ix_name']!r}, [{c!r}], unique=False)",
                    f"batch_op.create_foreign_key({f['fk_name']!r}, {f['to_table']!r}, [{c!r}], ['id'])",
                ]
                rem = [
                    f"batch_op.drop_constraint({f['fk_name']!r}, type_='foreignkey')",
                    f"batch_op.drop_index({f['ix_name']!r})",
                    *rem,
                ]
            return [(t, {c}, add, rem)] if k == "add_field" else [(t, {c}, rem, add)]
        if k == "rename_field":
            f, a, b = op["field"], op["old"]["column"], op["field"]["column"]

            def line(x, y):
                return [
                    f"batch_op.alter_column({x!r}, new_column_name={y!r}, {self.existing(f)})"
                ]

            return [(t, {a, b}, line(a, b), line(b, a))]
        if k in ("add_index", "remove_index"):
            add = [
                f"batch_op.create_index({op['name']!r}, {op['columns']!r}, unique=False)"
            ]
            rem = [f"batch_op.drop_index({op['name']!r})"]
            return [
                (t, set(op["columns"]), add, rem)
                if k == "add_index"
                else (t, set(op["columns"]), rem, add)
            ]
        if k == "add_unique":
            return [
                (
                    t,
                    set(op["columns"]),
                    [
                        f"batch_op.create_unique_constraint({op['name']!r}, {op['columns']!r})"
                    ],
                    [f"batch_op.drop_constraint({op['name']!r}, type_='unique')"],
                )
            ]
        if k == "alter_field":
            return self.alter_parts(t, op["old"], op["field"])
        if k == "data":
            col = f"sa.column({op['column']!r}, {'sa.String()' if op['type'] == 'char' else 'sa.Integer()'})"
            return [
                (
                    None,
                    set(),
                    [
                        f"t = sa.table({t!r}, {col})",
                        f"op.execute(sa.update(t).where(t.c.{op['column']} == {op['from']!r}).values({op['column']}={op['to']!r}))",
                    ],
                    [],
                )
            ]
        raise AssertionError(k)

    @staticmethod
    def existing(f, nullable=True):
        d = default_code(f)
        return (
            f"existing_type={type_code(f)}"
            + (f", existing_nullable={f['null']}" if nullable else "")
            + (f", existing_server_default={d}" if d is not None else "")
        )

    def alter_parts(self, t, old, new):
        def change(a, b):
            bits = []
            if type_code(a) != type_code(b):
                bits.append(f"type_={type_code(b)}")
            if a["null"] != b["null"]:
                bits.append(f"nullable={b['null']}")
            if default_code(a) != default_code(b):
                bits.append(f"server_default={default_code(b)}")
            return [
                f"batch_op.alter_column({a['column']!r}, {self.existing(a, a['null'] == b['null'])}, {', '.join(bits)})"
            ]

        parts = []
        if old["null"] and not new["null"]:
            c, v = new["column"], new["default"]
            value = (
                f"sa.text('{v}')" if new["type"] in ("decimal", "float") else repr(v)
            )
            parts.append(
                (
                    None,
                    set(),
                    [
                        f"t = sa.table({t!r}, sa.column({c!r}, {type_code(new)}))",
                        f"op.execute(sa.update(t).where(t.c.{c}.is_(None)).values({c}={value}))",
                    ],
                    [],
                )
            )
        parts.append((t, {new["column"]}, change(old, new), change(new, old)))
        return parts

    # ---- commands -----------------------------------------------------
    def argv(self, case):
        m = [self.python, "-m", "alembic"]
        last, prev = self.h["steps"][-1], self.h["steps"][-2]
        return {
            "noop": [*m, "upgrade", "head"],
            "build": [*m, "upgrade", "head"],
            "record_only": [*m, "stamp", "head"],
            "check": [*m, "check"],
            "change": [*m, "revision", "--autogenerate", "-m", "small change"],
            "back": [*m, "downgrade", "-1"],
            "forward": [*m, "upgrade", "head"],
            "list": [*m, "history"],
            "status": [*m, "current"],
            "pending": [*m, "current", "--check-heads"],
            "sqlmigrate": [
                *m,
                "upgrade",
                f"{self.rev(prev)}:{self.rev(last)}",
                "--sql",
            ],
        }.get(case)

    def before(self, case):
        if case == "change":
            c = self.h["change"]
            f = c["field"]
            self.patch(
                f"models/{c['app']}.py",
                rf"^    __tablename__ = '{c['table']}'\n",
                f"    {f['name']} = mapped_column({args_code(f)})\n",
            )

    def after(self, case):
        if case == "change":
            self.unpatch()


def indent(lines):
    return "".join("    " + x + "\n" if x else "\n" for x in lines)
