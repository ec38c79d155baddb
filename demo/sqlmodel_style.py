"""The same with SQLModel."""

from __future__ import annotations

from stage import Stage

HERO = """
    from sqlmodel import Field, SQLModel


    class Team(SQLModel, table=True):
        id: int | None = Field(default=None, primary_key=True)
        name: str = Field(index=True)


    class Hero(SQLModel, table=True):
        id: int | None = Field(default=None, primary_key=True)
        name: str = Field(index=True)
        secret_name: str
        team_id: int | None = Field(default=None, foreign_key="team.id")
"""

GROWN = HERO.replace(
    "        secret_name: str\n", "        alias: str\n        age: int\n"
)


def play() -> None:
    with Stage("SQLModel") as stage:
        stage.say("A SQLModel project.")
        stage.write("heroes/__init__.py", "", show=False)
        stage.write("heroes/models.py", HERO)
        stage.whimbrel("init")
        stage.whimbrel("makemigrations")
        stage.show("heroes/migrations/0001_initial.py")
        stage.whimbrel("migrate")
        stage.insert("INSERT INTO hero (name, secret_name) VALUES ('Deadpond', 'Dive')")

        stage.say(
            "secret_name becomes alias, and a new column must not be NULL: "
            "two questions, asked as data."
        )
        stage.write("heroes/models.py", GROWN)
        stage.whimbrel("makemigrations", "--questions", "--format", "json")
        stage.whimbrel(
            "makemigrations",
            "--answer",
            "rename-field:heroes.Hero.secret_name>alias=true",
            "--answer",
            "default:heroes.Hero.age=30",
        )
        stage.whimbrel("migrate")
        found = stage.rows("SELECT name, alias, age FROM hero")
        stage.expect(found, [("Deadpond", "Dive", 30)])
        stage.whimbrel("makemigrations", "--check")
        stage.whimbrel("migrate", "heroes", "zero")
