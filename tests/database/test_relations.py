"""Relations between live models, on every database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from database.society import ALL, Person, Place, Visit
from whimbrel import models
from whimbrel.models import use_session
from whimbrel.testing.databases import Scratch


@pytest.fixture
def session(database: Scratch) -> Iterator[Session]:
    for model in ALL:
        sa.inspect(model)
    Place.__table__.metadata.create_all(database.engine)
    with Session(database.engine) as opened, use_session(opened):
        yield opened
        opened.rollback()


@pytest.fixture
def anna(session: Session) -> Person:
    return Person.objects.create(name="Anna")


@pytest.fixture
def bert(session: Session) -> Person:
    return Person.objects.create(name="Bert")


@pytest.fixture
def paris(session: Session) -> Place:
    return Place.objects.create(name="Paris")


@pytest.fixture
def rome(session: Session) -> Place:
    return Place.objects.create(name="Rome")


def names(query: Any) -> list[str]:
    return sorted(row.name for row in query)


@pytest.mark.parametrize("first", ["Spot", "Human", "Stay"])
def test_a_model_between_is_mapped_whoever_comes_first(first: str) -> None:
    """Its table is made once, from its own definition."""
    registry = models.Apps()
    base: dict[str, Any] = {"apps": registry, "app_label": "between"}
    meta = type("Meta", (), base)

    class Spot(models.Model):
        Meta = meta

    class Human(models.Model):
        stays: Any = models.ManyToManyField(Spot, through="Stay")
        Meta = meta

    class Stay(models.Model):
        human = models.ForeignKey(Human, models.CASCADE)
        spot = models.ForeignKey(Spot, models.CASCADE)
        Meta = meta

    registry.get_model("between", first)()

    assert Human().stays.link.through.table is Stay.__table__


def test_a_model_between_is_filled_through_its_class(
    anna: Person, paris: Place, rome: Place
) -> None:
    """The rows get the defaults of the model; `set` keeps those that stay."""
    anna.visited.add(paris, through_defaults={"note": "spring"})
    anna.visited.set([paris, rome])
    found = Visit.objects.order_by("place__name").values_list("place__name", "note")

    assert list(found) == [("Paris", "spring"), ("Rome", "none")]
    assert names(rome.person_set.all()) == ["Anna"]

    paris.person_set.remove(anna)
    assert names(anna.visited.all()) == ["Rome"]
    anna.visited.clear()
    assert not Visit.objects.exists()
