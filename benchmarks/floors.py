"""The floors: what no tool can beat, each as a command of its own.

    floors.py connect | driver | models | create_all | reflect | read_pyc DIR |
        stat_source DIR | ddl FILE | replay LOG TARGET | stats LOG

The database is that of the environment (`common.Db.env`). `models`, `create_all`
and `ddl` run inside a project whose package ``models`` is the final schema.
"""

import os
import sys


def engine():
    from sqlalchemy import create_engine

    return create_engine(os.environ["PERF_DB_URL"])


def driver_connection(autocommit):
    kind, name = os.environ["PERF_DB_KIND"], os.environ["PERF_DB_NAME"]
    if kind == "sqlite":
        import sqlite3

        return sqlite3.connect(
            name, **({"isolation_level": None} if autocommit else {})
        )
    host, port, user = (
        os.environ["PERF_DB_HOST"],
        int(os.environ["PERF_DB_PORT"]),
        os.environ["PERF_DB_USER"],
    )
    password = os.environ.get("PERF_DB_PASSWORD") or ""
    if kind == "postgresql":
        import psycopg

        return psycopg.connect(
            host=host,
            port=port,
            user=user,
            password=password,
            dbname=name,
            autocommit=autocommit,
        )
    import pymysql

    return pymysql.connect(
        host=host,
        port=port,
        user=user,
        password=password,
        database=name,
        autocommit=autocommit,
    )


def connect():
    from sqlalchemy import text

    with engine().connect() as c:
        c.execute(text("SELECT 1")).scalar()


def driver():
    c = driver_connection(True)
    cur = c.cursor()
    cur.execute("SELECT 1")
    cur.fetchall()


def models():
    sys.path.insert(0, os.getcwd())
    from models import Base

    return Base.metadata


def create_all():
    md = models()
    e = engine()
    with e.begin() as c:
        md.create_all(c, checkfirst=False)


def reflect():
    from sqlalchemy import MetaData

    md = MetaData()
    with engine().connect() as c:
        md.reflect(c)
    print(len(md.tables))


def ddl(path):
    """The final schema as SQL text."""
    from sqlalchemy import create_mock_engine

    md, out = models(), []
    e = create_mock_engine(
        os.environ["PERF_DB_URL"],
        lambda sql, *a, **k: out.append(str(sql.compile(dialect=e.dialect)).strip()),
    )
    md.create_all(e, checkfirst=False)
    with open(path, "w") as fh:
        fh.write(";\n".join(out) + ";\n")


def read_pyc(directory):
    """Reads and unmarshals every cached module: the least that importing costs."""
    import marshal

    n = 0
    for d, _dirs, files in os.walk(directory):
        if d.endswith("__pycache__"):
            for f in files:
                with open(os.path.join(d, f), "rb") as fh:
                    marshal.loads(fh.read()[16:])
                n += 1
    print(n)


def stat_source(directory):
    n = 0
    for d, _dirs, files in os.walk(directory):
        for f in files:
            if f.endswith(".py"):
                os.stat(os.path.join(d, f))
                n += 1
    print(n)


def replay(log, style):
    """Sends a logged build through the bare driver, with its commits."""
    import json
    import time

    with open(log) as fh:
        rows = [json.loads(x) for x in fh]
    kind = os.environ["PERF_DB_KIND"]
    django = style == "django"
    # Django commits after each migration, Alembic by default only where the database does not roll back DDL
    own_tx = kind == "sqlite" and django
    c = driver_connection(autocommit=own_tx)
    cur = c.cursor()
    for pragma in filter(None, os.environ.get("PERF_REPLAY_PRAGMA", "").split(";")):
        cur.execute("PRAGMA " + pragma)
    t = time.perf_counter()
    for sql, params, _ in rows:
        if own_tx:
            if sql == "BEGIN" and c.in_transaction:
                c.commit()
            if sql.startswith("PRAGMA foreign_keys") and c.in_transaction:
                c.commit()
        if kind == "sqlite":
            if django and params is not None:
                sql = sql.replace("%s", "?").replace("%%", "%")
            cur.execute(sql, params or ())
        else:
            cur.execute(sql, params or None)
        if cur.description:
            cur.fetchall()
        if django and sql.startswith("INSERT INTO") and "django_migrations" in sql:
            c.commit()
    c.commit()
    print(len(rows), "statements", time.perf_counter() - t)


def stats(log):
    import json

    n = t = 0
    with open(log) as fh:
        lines = fh.readlines()
    for line in lines:
        n += 1
        t += json.loads(line)[2]
    print(json.dumps({"statements": n, "seconds": t}))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
