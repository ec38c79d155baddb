"""Relations between live models, on every database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from database.society import ALL, Bistro, Person, Place, Restaurant, Visit
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
def anna(session: Session) -> Any:
    return Person.objects.create(name="Anna")


@pytest.fixture
def bert(session: Session) -> Any:
    return Person.objects.create(name="Bert")


@pytest.fixture
def paris(session: Session) -> Any:
    return Place.objects.create(name="Paris")


@pytest.fixture
def rome(session: Session) -> Any:
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
    anna: Any, paris: Any, rome: Any
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


@pytest.mark.parametrize("kind", [Restaurant, Bistro])
def test_a_child_is_given_where_its_parent_is_expected(
    anna: Any, kind: type[Place]
) -> None:
    """A row of a child model is also one of its parent."""
    made = kind.objects.create(name="Chez Louis")
    visit = Visit.objects.create(person=anna, place=made)
    in_one_flush = Visit.objects.create(person=anna, place=kind(name="Other"))

    assert visit.place_id == made.pk
    assert Visit.objects.filter(place=made).get() is visit
    assert Place.objects.get(visit=in_one_flush).name == "Other"


def test_friends_are_friends_of_each_other(anna: Any, bert: Any) -> None:
    """A symmetrical relation is written and deleted in both directions."""
    carl = Person.objects.create(name="Carl")
    anna.friends.add(bert, carl.pk, anna)
    bert.friends.add(anna)

    assert names(anna.friends.all()) == ["Anna", "Bert", "Carl"]
    assert names(bert.friends.all()) == ["Anna"]
    assert names(Person.objects.filter(friends=bert)) == ["Anna"]

    bert.friends.remove(anna)
    assert names(anna.friends.all()) == ["Anna", "Carl"]

    carl.friends.set([bert])
    assert names(anna.friends.all()) == ["Anna"]
    assert names(bert.friends.all()) == ["Carl"]

    bert.friends.clear()
    assert not carl.friends.exists()
    assert names(anna.friends.all()) == ["Anna"]


def test_rows_are_counted_within_their_parent(
    anna: Any, bert: Any, paris: Any, session: Session
) -> None:
    """`order_with_respect_to`: each row comes after the last of the same parent."""
    first = Visit.objects.create(person=anna, place=paris)
    other = Visit.objects.create(person=bert, place=paris)
    Visit.objects.bulk_create(
        Visit(person=person, place=paris, note=str(number))
        for number, person in enumerate([anna, bert, anna])
    )
    given: Any = Visit.objects.create(person=anna, place=paris, _order=9)
    last: Any = Visit.objects.create(person=anna, place=paris)

    assert (first._order, other._order, given._order, last._order) == (0, 0, 9, 10)
    rows = bert.visits.values_list("_order", "note")
    assert list(rows) == [(0, "none"), (1, "1")]
    Visit.objects.filter(pk=first.pk).update(_order=20)
    found = [visit._order for visit in anna.visits.all()]
    assert found == [1, 2, 9, 10, 20]
