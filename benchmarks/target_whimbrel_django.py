"""
The history as a Whimbrel project with Django-style models.

The files are those of the Django project, word for word, but for what Whimbrel
calls otherwise: where `models` and `migrations` come from, and that there is one
database for a data step.
"""

from __future__ import annotations

from target_django import Target as DjangoTarget
from target_whimbrel import CONFIG, STATEMENT_LOG
from target_whimbrel import Target as WhimbrelTarget

RENAMED = {
    "from django.db import": "from whimbrel import",
    ".using(schema_editor.connection.alias)": "",
}


class Target(DjangoTarget):
    """Whimbrel on Django-style models."""

    name = "whimbrel_django"

    def start(self):
        """Make the folder, with what Django's project has no use for."""
        super().start()
        apps = "".join(f'{app} = "shop.{app}"\n' for app in self.h["apps"])
        self.write("whimbrel.toml", CONFIG.format(apps=apps))
        self.write("sitecustomize.py", STATEMENT_LOG)

    def write(self, path, text):
        for theirs, ours in RENAMED.items():
            text = text.replace(theirs, ours)
        super().write(path, text)

    env = WhimbrelTarget.env
    argv = WhimbrelTarget.argv
