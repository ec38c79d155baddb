"""The history as a Django project: apps with models and migration files."""

from __future__ import annotations

from common import BaseTarget

SETTINGS = """import os

SECRET_KEY = "benchmark"
USE_TZ = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
%(apps)s]
if os.environ.get("PERF_DJANGO_CONTRIB"):
    INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"] + INSTALLED_APPS
_kind = os.environ.get("PERF_DB_KIND", "sqlite")
DATABASES = {"default": {
    "ENGINE": "django.db.backends." + {"sqlite": "sqlite3", "postgresql": "postgresql", "mariadb": "mysql"}[_kind],
    "NAME": os.environ.get("PERF_DB_NAME", ":memory:"),
    "HOST": os.environ.get("PERF_DB_HOST", ""),
    "PORT": os.environ.get("PERF_DB_PORT", ""),
    "USER": os.environ.get("PERF_DB_USER", ""),
    "PASSWORD": os.environ.get("PERF_DB_PASSWORD", ""),
}}
if _kind == "mariadb":
    import pymysql

    pymysql.install_as_MySQLdb()
if os.environ.get("PERF_SQL_LOG"):
    import json
    import time

    from django.db.backends.signals import connection_created

    _log = open(os.environ["PERF_SQL_LOG"], "a")

    def _wrapper(execute, sql, params, many, context):
        t = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            _log.write(json.dumps([str(sql), params, time.perf_counter() - t], default=str) + "\\n")

    def _connected(sender, connection, **kw):
        if _wrapper not in connection.execute_wrappers:
            connection.execute_wrappers.append(_wrapper)

    connection_created.connect(_connected, weak=False)
"""
MANAGE = """import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
"""
HEADER = """from decimal import Decimal

from django.db import migrations, models
%s

class Migration(migrations.Migration):
    %sdependencies = [
%s    ]

    operations = [
%s    ]
"""
TYPES = {
    "char": "CharField",
    "text": "TextField",
    "int": "IntegerField",
    "bigint": "BigIntegerField",
    "smallint": "SmallIntegerField",
    "bool": "BooleanField",
    "date": "DateField",
    "datetime": "DateTimeField",
    "decimal": "DecimalField",
    "float": "FloatField",
}


def default_code(f):
    if f["type"] == "decimal":
        return f'Decimal("{f["default"]}")'
    return repr(f["default"])


def field_code(f, app, model):
    if f["type"] == "fk":
        args = [
            f'"{f["to"][0]}.{f["to"][1].lower()}"',
            "on_delete=models.CASCADE",
            f'related_name="{app}_{model.lower()}_{f["name"]}"',
        ]
        if f["null"]:
            args += ["null=True", "blank=True"]
        return f"models.ForeignKey({', '.join(args)})"
    args = []
    if "max_length" in f:
        args.append(f"max_length={f['max_length']}")
    if "max_digits" in f:
        args.append(
            f"max_digits={f['max_digits']}, decimal_places={f['decimal_places']}"
        )
    if f["null"]:
        args += ["null=True", "blank=True"]
    if "default" in f:
        args.append(f"default={default_code(f)}")
    return f"models.{TYPES[f['type']]}({', '.join(args)})"


def m2m_code(x, app, model):
    return f'models.ManyToManyField("{x["to"][0]}.{x["to"][1].lower()}", related_name="{app}_{model.lower()}_{x["name"]}")'


def index_code(x, cls="Index"):
    fields = ", ".join(f'"{f}"' for f in x["fields"])
    return f'models.{cls}(fields=[{fields}], name="{x["name"]}")'


class Target(BaseTarget):
    name = "django"

    def generate(self):
        h = self.h
        self.start()
        self.write(
            "settings.py",
            SETTINGS % {"apps": "".join(f'    "shop.{a}",\n' for a in h["apps"])},
        )
        self.write("manage.py", MANAGE)
        self.write("shop/__init__.py", "")
        by_app = {a: [m for m in h["final"] if m["app"] == a] for a in h["apps"]}
        for app, models in by_app.items():
            self.write(f"shop/{app}/__init__.py", "")
            self.write(f"shop/{app}/migrations/__init__.py", "")
            self.write(
                f"shop/{app}/models.py",
                "from decimal import Decimal\n\nfrom django.db import models\n"
                + "".join(map(self.model_code, models)),
            )
        seen = set()
        for s in h["steps"]:
            self.step(s, s["app"] not in seen)
            seen.add(s["app"])

    def model_code(self, m):
        out = [f"\n\nclass {m['model']}(models.Model):"]
        for f in m["fields"]:
            out.append(f"    {f['name']} = {field_code(f, m['app'], m['model'])}")
        for x in m["m2m"]:
            out.append(f"    {x['name']} = {m2m_code(x, m['app'], m['model'])}")
        if m["indexes"] or m["uniques"]:
            out.append("\n    class Meta:")
            if m["indexes"]:
                out.append(
                    "        indexes = ["
                    + ", ".join(map(index_code, m["indexes"]))
                    + "]"
                )
            if m["uniques"]:
                out.append(
                    "        constraints = ["
                    + ", ".join(index_code(x, "UniqueConstraint") for x in m["uniques"])
                    + "]"
                )
        return "\n".join(out) + "\n"

    def step(self, s, initial):
        funcs, ops = [], []
        for i, op in enumerate(s["ops"]):
            ops += self.op_code(op, i, funcs)
        body = "".join("        " + line + ",\n" for line in ops)
        deps = "".join(f'        ("{a}", "{n}"),\n' for a, n in s["deps"])
        self.write(
            f"shop/{s['app']}/migrations/{s['name']}.py",
            HEADER
            % ("".join(funcs), "initial = True\n\n    " if initial else "", deps, body),
        )

    def op_code(self, op, i, funcs):
        k, model = op["op"], op["model"]
        low = model.lower()
        if k == "create_model":
            lines = [
                '            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))'
            ]
            lines += [
                f'            ("{f["name"]}", {field_code(f, op["app"], model)})'
                for f in op["fields"]
            ]
            opts = []
            if op["indexes"]:
                opts.append(
                    '"indexes": [' + ", ".join(map(index_code, op["indexes"])) + "]"
                )
            if op["uniques"]:
                opts.append(
                    '"constraints": ['
                    + ", ".join(
                        index_code(x, "UniqueConstraint") for x in op["uniques"]
                    )
                    + "]"
                )
            o = ", options={" + ", ".join(opts) + "}" if opts else ""
            return [
                f'migrations.CreateModel(name="{model}", fields=[\n'
                + ",\n".join(lines)
                + f"\n        ]{o})"
            ]
        if k == "delete_model":
            return [f'migrations.DeleteModel(name="{model}")']
        if k in ("add_field", "alter_field"):
            cls = {"add_field": "AddField", "alter_field": "AlterField"}[k]
            f = op["field"]
            return [
                f'migrations.{cls}(model_name="{low}", name="{f["name"]}", field={field_code(f, op["app"], model)})'
            ]
        if k == "remove_field":
            return [
                f'migrations.RemoveField(model_name="{low}", name="{op["field"]["name"]}")'
            ]
        if k == "rename_field":
            return [
                f'migrations.RenameField(model_name="{low}", old_name="{op["old_name"]}", new_name="{op["new_name"]}")'
            ]
        if k == "add_index":
            return [f'migrations.AddIndex(model_name="{low}", index={index_code(op)})']
        if k == "remove_index":
            return [f'migrations.RemoveIndex(model_name="{low}", name="{op["name"]}")']
        if k == "add_unique":
            return [
                f'migrations.AddConstraint(model_name="{low}", constraint={index_code(op, "UniqueConstraint")})'
            ]
        if k == "add_m2m":
            x = op["m2m"]
            return [
                f'migrations.AddField(model_name="{low}", name="{x["name"]}", field={m2m_code(x, op["app"], model)})'
            ]
        if k == "data":
            fn = op["field_name"]
            funcs.append(
                f'\n\ndef fill_{i}(apps, schema_editor):\n    {model} = apps.get_model("{op["app"]}", "{model}")\n'
                f"    {model}.objects.using(schema_editor.connection.alias).filter({fn}={op['from']!r}).update({fn}={op['to']!r})\n"
            )
            return [f"migrations.RunPython(fill_{i}, migrations.RunPython.noop)"]
        raise AssertionError(k)

    # ---- commands -----------------------------------------------------
    def env(self, db):
        return {**db.env(), "DJANGO_SETTINGS_MODULE": "settings"}

    def argv(self, case):
        m = [self.python, "manage.py"]
        last = self.last_step
        return {
            "noop": [*m, "migrate", "--noinput"],
            "build": [*m, "migrate", "--noinput"],
            "record_only": [*m, "migrate", "--noinput", "--fake"],
            "check": [*m, "makemigrations", "--check", "--dry-run"],
            "change": [*m, "makemigrations"],
            "back": [
                *m,
                "migrate",
                "--noinput",
                last["app"],
                self.step_before_last["name"],
            ],
            "forward": [*m, "migrate", "--noinput"],
            "list": [*m, "showmigrations"],
            "status": [*m, "showmigrations", "--plan"],
            "pending": [*m, "migrate", "--check"],
            "sqlmigrate": [*m, "sqlmigrate", last["app"], last["name"]],
            "squash": [
                *m,
                "squashmigrations",
                "--noinput",
                self.squash_app,
                [s for s in self.h["steps"] if s["app"] == self.squash_app][-1]["name"],
            ],
        }.get(case)

    def before(self, case):
        if case == "change":
            c = self.h["change"]
            self.patch(
                f"shop/{c['app']}/models.py",
                rf"^class {c['model']}\(.*\n",
                f"    {c['field']['name']} = {field_code(c['field'], c['app'], c['model'])}\n",
            )
        if case == "squash":
            self.remember()

    def after(self, case):
        if case == "change":
            self.unpatch()
        if case == "squash":
            self.forget_new()
