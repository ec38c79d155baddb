"""What the targets share: descriptions of databases, and files."""

from __future__ import annotations

import os
import re
import shutil
from urllib.parse import urlsplit


class Db:
    """One database that one target may fill: kind, and its parts."""

    def __init__(self, kind, name, server=None, directory=None):
        self.kind, self.name = kind, name
        self.path = (
            os.path.join(directory, name + ".sqlite3") if kind == "sqlite" else None
        )
        u = urlsplit(server or "//")
        self.host, self.port, self.user, self.password = (
            u.hostname,
            u.port,
            u.username,
            u.password,
        )

    @property
    def url(self):
        """A SQLAlchemy URL."""
        if self.kind == "sqlite":
            return f"sqlite:///{self.path}"
        auth = self.user + (f":{self.password}" if self.password else "")
        driver = {"postgresql": "postgresql+psycopg", "mariadb": "mysql+pymysql"}[
            self.kind
        ]
        tail = "?charset=utf8mb4" if self.kind == "mariadb" else ""
        return f"{driver}://{auth}@{self.host}:{self.port}/{self.name}{tail}"

    def env(self):
        e = {"PERF_DB_KIND": self.kind, "PERF_DB_URL": self.url}
        if self.kind == "sqlite":
            e["PERF_DB_NAME"] = self.path
        else:
            e.update(
                PERF_DB_NAME=self.name,
                PERF_DB_HOST=self.host,
                PERF_DB_PORT=str(self.port),
                PERF_DB_USER=self.user,
                PERF_DB_PASSWORD=self.password or "",
            )
        return e

    def client(self, name=None):
        """The command of the database's own client."""
        name = self.name if name is None else name
        if self.kind == "sqlite":
            return ["sqlite3", "-bail", self.path]
        if self.kind == "postgresql":
            return [
                "psql",
                "-X",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                self.host,
                "-p",
                str(self.port),
                "-U",
                self.user,
                "-d",
                name,
            ]
        cmd = [
            "mariadb",
            "--no-defaults",
            "-h",
            self.host,
            "-P",
            str(self.port),
            "-u",
            self.user,
        ]
        if self.password:
            cmd.append("-p" + self.password)
        return cmd + ([name] if name else [])


def write(root, path, text):
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w") as fh:
        fh.write(text)


def fresh(root):
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(root)


def insert_after(path, marker, line):
    """Adds a line after the one that matches; returns the old text."""
    with open(path) as fh:
        old = fh.read()
    new = re.sub(marker, lambda m: m.group(0) + line, old, count=1, flags=re.M)
    assert new != old, (path, marker)
    with open(path, "w") as fh:
        fh.write(new)
    return old


class BaseTarget:
    """Interface of a target. See README.md, "A third target".

    argv(case) returns the command of a case, or None where the tool has no such thing;
    before(case) and after(case) are the untimed hooks around every run.
    """

    name = "base"

    def __init__(self, history, root, python="python3"):
        self.h, self.root, self.python = history, root, python

    def generate(self):
        raise NotImplementedError

    def start(self):
        """Begin with an empty folder."""
        fresh(self.root)

    def write(self, path, text):
        """Write one file of the project."""
        write(self.root, path, text)

    def env(self, db):
        return db.env()

    def argv(self, case):
        return None

    def before(self, case):
        pass

    def after(self, case):
        pass

    # ---- the same choices for every target ----
    @property
    def last_step(self):
        return self.h["steps"][-1]

    @property
    def step_before_last(self):
        """The migration of the last step's app before it."""
        app = self.last_step["app"]
        return [s for s in self.h["steps"] if s["app"] == app][-2]

    @property
    def squash_app(self):
        """The app with the longest history."""
        n = {}
        for s in self.h["steps"]:
            n[s["app"]] = n.get(s["app"], 0) + 1
        return max(n, key=lambda a: (n[a], a))

    # ---- a file that a case changes and that is put back ----
    def patch(self, path, marker, line):
        full = os.path.join(self.root, path)
        self._patched = (full, insert_after(full, marker, line), set(self._listing()))

    def unpatch(self):
        full, old, listing = self._patched
        with open(full, "w") as fh:
            fh.write(old)
        self.remove_new(listing)

    def remember(self):
        self._listed = set(self._listing())

    def forget_new(self):
        self.remove_new(self._listed)

    def remove_new(self, listing):
        new = [p for p in self._listing() if p not in listing]
        for p in new:
            os.remove(p)
        self.new_files = [os.path.basename(p) for p in new]

    def _listing(self):
        for d, dirs, files in os.walk(self.root):
            dirs[:] = [x for x in dirs if x != "__pycache__"]
            for f in files:
                yield os.path.join(d, f)
