"""What queries and instances write, on every database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from database.society import ALL, Bistro, Person, Place, Restaurant, Visit
from whimbrel import models
from whimbrel.errors.query import DoesNotExist
from whimbrel.models import F, use_session
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
def bistros(session: Session) -> None:
    Place.objects.create(name="Hill")
    Restaurant.objects.create(name="Plain", stars=1)
    Bistro.objects.create(name="Chez Louis", stars=2, seats=10)
    Bistro.objects.create(name="Gino", stars=1, seats=20)


def rows() -> list[tuple[Any, ...]]:
    paths = ("name", "stars", "seats")
    return list(Bistro.objects.order_by("pk").values_list(*paths))


def test_fields_of_parents_are_updated(bistros: None) -> None:
    """Each table by the keys, also when the condition changes with the update."""
    changed = Bistro.objects.filter(name="Gino", stars=1).update(
        name="Luigi", stars=F("stars") + 1, seats=F("stars") * 100
    )
    assert changed == 1
    assert rows() == [("Chez Louis", 2, 10), ("Luigi", 2, 100)]

    assert Bistro.objects.update(stars=F("seats")) == 2
    assert rows() == [("Chez Louis", 10, 10), ("Luigi", 100, 100)]
    assert Restaurant.objects.filter(stars__gt=5).count() == 2
    assert Restaurant.objects.filter(bistro__seats=100).update(name="Big") == 1
    assert Place.objects.filter(name="Big").count() == 1


def test_a_child_is_deleted_from_all_its_tables(bistros: None) -> None:
    """And nothing else is."""
    assert Bistro.objects.filter(name="Gino").delete() == 1
    assert Restaurant.objects.filter(stars=1).delete() == 1

    left = Place.objects.order_by("name").values_list("name", flat=True)
    assert list(left) == ["Chez Louis", "Hill"]
    assert rows() == [("Chez Louis", 2, 10)]


def test_a_condition_may_read_the_table_that_is_written(session: Session) -> None:
    """MySQL allows that in a derived table only."""
    anna, bert = (Person.objects.create(name=name) for name in ("Anna", "Bert"))
    anna.friends.add(bert)

    assert Person.objects.filter(friends__name="Bert").update(name="Ann") == 1
    assert Person.objects.filter(friends__friends__name="Bert").delete() == 1
    assert [person.name for person in Person.objects.all()] == ["Ann"]


def test_a_relation_is_updated_by_object_or_key(bistros: None) -> None:
    anna, bert = (Person.objects.create(name=name) for name in ("Anna", "Bert"))
    visit = Visit.objects.create(person=anna, place=Place.objects.first())
    Visit.objects.update(person=bert, place=Restaurant.objects.get(name="Plain"))

    assert (visit.person, visit.place.name) == (bert, "Plain")
    Visit.objects.update(person_id=anna.pk)
    assert visit.person is anna


def test_many_rows_get_their_keys(session: Session) -> None:
    """Also where the database does not return them by itself."""
    made = Bistro.objects.bulk_create(Bistro(name=str(n), seats=n) for n in range(5))

    assert len({bistro.pk for bistro in made}) == 5
    for bistro in made:
        assert Place.objects.get(pk=bistro.pk).name == str(bistro.seats)


def test_saving_a_key_that_exists_updates_its_row(session: Session) -> None:
    """A new object with the key of a row takes its place."""
    old = Person.objects.create(name="Anna", data={"age": 3})
    new: Any = Person(pk=old.pk, name="Ann")
    new.save()
    assert Person.objects.values_list("name", "data").get() == ("Ann", {"age": 3})

    new.name = "Anne"
    new.save()
    old.refresh_from_db()
    assert old.name == "Anne"
    place = Place.objects.create(name="Hill")
    assert Visit.objects.create(person=new, place=place).person is new
    new.visits.get().delete()

    Visit(pk=50, person=new, place=place).save()
    again = Visit(pk=50, person=new, place=place, note="again")
    again.save()
    assert Visit.objects.get().note == "again"
    Bistro(pk=70, name="Gino", seats=1).save()
    Bistro(pk=70, name="Gino", seats=2).save()
    assert rows() == [("Gino", 0, 2)]
    again.delete()
    old.delete()
    assert not Person.objects.exists()


def test_a_failed_get_or_create_leaves_the_transaction(session: Session) -> None:
    """What was written before stays, and the session can go on."""
    anna = Person.objects.create(name="Anna")
    with pytest.raises(sa.exc.IntegrityError):
        Person.objects.get_or_create(pk=anna.pk + 9, defaults={"name": "Anna"})

    found, made = Person.objects.get_or_create(name="Anna")
    assert (found, made) == (anna, False)


def test_get_or_create_gets_what_another_made_meanwhile(session: Session) -> None:
    """The row that appears between looking and making is returned."""

    class Elsewhere(models.QuerySet[Person]):
        """Finds nothing the first time, as if another made the row later."""

        def get(self, *conditions: Any, **lookups: Any) -> Person:
            raise DoesNotExist("society.Person", "")

    anna = Person.objects.create(name="Anna")
    assert Elsewhere(Person).get_or_create(name="Anna") == (anna, False)


def test_get_or_create_does_not_commit(database: Scratch, session: Session) -> None:
    """Its savepoint is inside a transaction that can still be undone."""
    session.rollback()
    Person.objects.get_or_create(name="Anna")
    session.rollback()

    assert not Person.objects.exists()


def test_each_manager_answers_for_its_class(session: Session) -> None:
    """Several managers on a model and its child: each begins its own query."""
    registry = models.Apps()
    base: dict[str, Any] = {"apps": registry, "app_label": "managed"}

    class Long(models.Manager[Any]):
        def get_queryset(self) -> models.QuerySet[Any]:
            return super().get_queryset().filter(pages__gt=9)

    class Text(models.Model):
        pages = models.IntegerField()
        long = Long()
        objects = models.Manager[Any]()
        Meta = type("Meta", (), base)

    class Letter(Text):
        Meta = type("Meta", (), base)

    sa.inspect(Letter)
    Letter.__table__.metadata.create_all(session.connection())
    Text.objects.create(pages=5)
    Letter.objects.create(pages=50)

    assert (Text.objects.count(), Text.long.count()) == (2, 1)
    assert (Letter.objects.count(), Letter.long.count()) == (1, 1)
    assert isinstance(Letter.long.get(), Letter)
