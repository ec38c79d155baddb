"""The same with SQLAlchemy's declarative models: nothing about them changes."""

from __future__ import annotations

from stage import Stage

HEAD = """
    from datetime import date

    from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


    class Base(DeclarativeBase):
        pass

"""

BOOK = (
    HEAD
    + """
    class Author(Base):
        __tablename__ = "author"

        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(80), unique=True)


    class Book(Base):
        __tablename__ = "book"
        __table_args__ = (
            Index("ix_book_title", func.lower("title")),
            CheckConstraint("pages > 0", name="ck_book_pages"),
        )

        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[str] = mapped_column(String(100))
        pages: Mapped[int] = mapped_column(server_default="1")
        author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
"""
).replace('func.lower("title")', '"title"')

CHANGED = (
    BOOK.replace("title", "name")
    .replace("String(100)", "String(200)")
    .replace(
        "        author_id:",
        "        published: Mapped[date | None]\n        author_id:",
    )
)

DATA_STEP = """
    from whimbrel import migrations


    def add_author(apps, schema_editor):
        Author = apps.get_model("shop", "Author")
        Book = apps.get_model("shop", "Book")
        if not Author.objects.filter(name="Jane Austen").exists():
            author = Author.objects.create(name="Jane Austen")
            Book.objects.filter(author__name="unknown").update(author=author)


    def remove_author(apps, schema_editor):
        apps.get_model("shop", "Author").objects.filter(name="Jane Austen").delete()


    class Migration(migrations.Migration):
        dependencies = [("shop", "0001_initial")]
        operations = [migrations.RunPython(add_author, remove_author)]
"""


def play() -> None:
    with Stage("SQLAlchemy") as stage:
        stage.say("An ordinary SQLAlchemy project. `init` finds the base and sets up.")
        stage.write("shop/__init__.py", "", show=False)
        stage.write("shop/models.py", BOOK)
        stage.whimbrel("init")
        stage.show("whimbrel.toml")
        stage.whimbrel("makemigrations")
        stage.show("shop/migrations/0001_initial.py")
        stage.whimbrel("migrate")

        stage.say("A data step with historical models: no import of the live ones.")
        stage.write("shop/migrations/0002_jane_austen.py", DATA_STEP)
        stage.whimbrel("migrate")
        stage.insert("INSERT INTO book (title, author_id) VALUES ('Emma', 1)")

        stage.say("A rename, a wider column and a new one: SQLite rebuilds once.")
        stage.write("shop/models.py", CHANGED)
        stage.whimbrel(
            "makemigrations", "--answer", "rename-field:shop.Book.title>name=true"
        )
        stage.whimbrel("sqlmigrate", "shop", "0003")
        stage.whimbrel("migrate")
        found = stage.rows("SELECT name, pages, author_id FROM book")
        stage.expect(found, [("Emma", 1, 1)])
        stage.whimbrel("makemigrations", "--check")
        stage.whimbrel("migrate", "shop", "0002")
        stage.whimbrel("migrate")
        stage.insert("DELETE FROM book")
        stage.whimbrel("migrate", "shop", "zero")
