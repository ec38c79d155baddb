"""A model's life with Django-style models on SQLite."""

from __future__ import annotations

from stage import Stage

CONFIG = """
    [tool.whimbrel.databases.default]
    url = "sqlite:///db.sqlite3"

    [tool.whimbrel.apps]
    library = "library"
"""

BOOK = """
    from whimbrel import models


    class Book(models.Model):
        title = models.CharField(max_length=100)
"""

DATED = """
    from whimbrel import models


    class Book(models.Model):
        title = models.CharField(max_length=100)
        published_date = models.DateField(null=True)
"""

RENAMED = """
    from whimbrel import models


    class Book(models.Model):
        name = models.CharField(max_length=100)
        published_date = models.DateField(null=True)
"""

PROFILE = """
    from whimbrel import models


    class Book(models.Model):
        name = models.CharField(max_length=100)
        published_date = models.DateField(null=True)


    class UserProfile(models.Model):
        email = models.EmailField(unique=True)
"""

DATA_STEP = """
    from whimbrel import migrations

    DEFAULT = "reader@example.org"


    def add_default_profile(apps, schema_editor):
        UserProfile = apps.get_model("library", "UserProfile")
        if not UserProfile.objects.filter(email=DEFAULT).exists():
            UserProfile.objects.create(email=DEFAULT)


    def remove_default_profile(apps, schema_editor):
        apps.get_model("library", "UserProfile").objects.filter(email=DEFAULT).delete()


    class Migration(migrations.Migration):
        dependencies = [("library", "0004_userprofile")]
        operations = [
            migrations.RunPython(add_default_profile, remove_default_profile),
        ]
"""

CUSTOM = '''
    from whimbrel import migrations


    class Stamp(migrations.Operation):
        """Note in a table of its own that this point was reached."""

        def __init__(self, text):
            self.text = text

        def state_forwards(self, app_label, state):
            pass

        def database_forwards(self, app_label, schema_editor, from_state, to_state):
            schema_editor.execute("CREATE TABLE stamp (text VARCHAR(100))")
            schema_editor.execute("INSERT INTO stamp VALUES (%s)", [self.text])

        def database_backwards(self, app_label, schema_editor, from_state, to_state):
            schema_editor.execute("DROP TABLE stamp")

        def describe(self):
            return f"Leave the stamp {self.text!r}"


    class Migration(migrations.Migration):
        dependencies = [("library", "0005_default_profile")]
        operations = [Stamp("made by hand")]
'''


def play() -> None:
    with Stage("Django-style models") as stage:
        stage.say("A project: one app, one model.")
        stage.write("pyproject.toml", CONFIG)
        stage.write("library/__init__.py", "")
        stage.write("library/models.py", BOOK)
        stage.whimbrel("makemigrations")
        stage.show("library/migrations/0001_initial.py")
        stage.whimbrel("migrate")
        stage.insert("INSERT INTO library_book (title) VALUES ('Emma')")

        stage.say("The model gets a date.")
        stage.write("library/models.py", DATED)
        stage.whimbrel("makemigrations")
        stage.whimbrel("sqlmigrate", "library", "0002")
        stage.whimbrel("migrate")

        stage.say(
            "title becomes name. Dropping a column and adding another would lose the "
            "titles, so nothing happens unasked: exit status 3 names what is missing."
        )
        stage.write("library/models.py", RENAMED)
        stage.whimbrel("makemigrations", "--noinput", expect=3)
        stage.whimbrel(
            "makemigrations", "--answer", "rename-field:library.Book.title>name=true"
        )
        stage.whimbrel("migrate")
        found = stage.rows("SELECT name FROM library_book")
        stage.expect(found, [("Emma",)])

        stage.say("A second model, and a data migration written by hand.")
        stage.write("library/models.py", PROFILE)
        stage.whimbrel("makemigrations")
        stage.write("library/migrations/0005_default_profile.py", DATA_STEP)
        stage.say("And an operation of our own.")
        stage.write("library/migrations/0006_stamp.py", CUSTOM)
        stage.whimbrel("migrate", "--plan")
        stage.whimbrel("migrate")
        stage.expect(
            stage.rows("SELECT email FROM library_userprofile"),
            [("reader@example.org",)],
        )
        stage.whimbrel("showmigrations")

        stage.say("One step back, and forward again.")
        stage.whimbrel("migrate", "library", "0005")
        stage.whimbrel("migrate", "library")
        stage.whimbrel("makemigrations", "--check")

        stage.say("All the way back, and everything again from nothing.")
        stage.whimbrel("migrate", "library", "zero")
        tables = stage.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' "
            "AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'whimbrel%'"
        )
        stage.expect(tables, [])
        stage.whimbrel("migrate")
