"""Relations between live models, on every database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from database.society import ALL, Bistro, Person, Place, Restaurant, Visit
from whimbrel import models
from whimbrel.models import Case, F, Q, Value, When, use_session
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
    assert Place.objects.get(pk=made.pk).restaurant.pk == made.pk
    assert Place.objects.filter(restaurant__stars=0).count() == 2


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


@pytest.fixture
def travels(anna: Any, bert: Any, paris: Any, rome: Any) -> None:
    """Anna was twice in Paris and once in Rome, Bert only in Rome, Carl nowhere."""
    Person.objects.create(name="Carl")
    for person, place, note, stars in [
        (anna, paris, "spring", 1),
        (anna, paris, "autumn", 5),
        (anna, rome, "spring", 3),
        (bert, rome, "autumn", None),
    ]:
        Visit.objects.create(person=person, place=place, note=note, stars=stars)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (Q(visits__note="spring", visits__stars=5), []),
        (Q(visits__note="autumn", visits__stars=5), ["Anna"]),
        (Q(visits__note="autumn") & Q(visits__place__name="Rome"), ["Bert"]),
        (Q(visits__note="autumn", visited__name="Rome"), ["Anna", "Bert"]),
        (Q(visited__name="Rome", visited__pk__gt=0), ["Anna", "Bert"]),
        (Q(visits__place__name="Rome", visits__place__pk__lt=0), []),
        (
            Q(visits__note="spring") & (Q(visits__stars=3) | Q(visits__stars=9)),
            ["Anna"],
        ),
        (Q(visits__note="autumn") & (Q(visits__stars=3) | Q(visits__stars=9)), []),
        (
            (Q(visits__stars=1) | Q(name="Carl"))
            & (Q(visits__note="spring") | Q(name="Carl")),
            ["Anna", "Carl"],
        ),
        (Q(visits__note="autumn") & ~Q(visits__note="spring"), ["Bert"]),
        (Q(visits__isnull=True), ["Carl"]),
        (Q(visits=None), ["Carl"]),
        (Q(visits__isnull=False), ["Anna", "Bert"]),
        (Q(visits__stars=None), ["Bert", "Carl"]),
        (Q(visits__stars__isnull=True, visits__note="autumn"), ["Bert"]),
        (Q(visits__note__isnull=True, visits__stars__isnull=True), ["Carl"]),
        (Q(visits__place__restaurant=None), ["Anna", "Bert", "Carl"]),
    ],
)
def test_lookups_of_one_call_are_about_one_row(
    travels: None, condition: Q, found: list[str]
) -> None:
    """Lookups joined by "and" share the row behind a relation, as in Django."""
    assert names(Person.objects.filter(condition)) == found
    others = sorted({"Anna", "Bert", "Carl"} - set(found))
    assert names(Person.objects.exclude(condition)) == others


def test_separate_calls_may_be_about_different_rows(travels: None) -> None:
    """Each `filter` crosses the relation anew."""
    query = Person.objects.filter(visits__note="spring").filter(visits__stars=5)

    assert names(query) == ["Anna"]


def test_expressions_behind_a_relation_mean_the_model_asked(travels: None) -> None:
    """`F` names a field of the model whose rows are searched, wherever it stands."""
    Visit.objects.filter(note="autumn").update(note="Bert")
    same = Person.objects.filter(visits__note=F("name"))
    kind = Case(
        When(visits__place__name__startswith="Par", then=Value("far")),
        default=Value("near"),
    )

    assert names(same) == ["Bert"]
    assert names(Person.objects.filter(name__in=["Anna"], name=F("name"))) == ["Anna"]
    ordered = Person.objects.order_by(kind, "-name")
    assert [person.name for person in ordered] == ["Anna", "Carl", "Bert"]
    upper = Person.objects.order_by("name").values_list("name__upper", flat=True)
    assert list(upper) == ["ANNA", "BERT", "CARL"]


def test_a_key_is_compared_without_a_subquery(travels: None, paris: Any) -> None:
    """`place`, `place_id`, `place__pk` and `place__id` are the same column."""
    queries = [
        Visit.objects.filter(**{name: paris.pk})
        for name in ("place", "place_id", "place__pk", "place__id")
    ]

    assert [query.count() for query in queries] == [2, 2, 2, 2]
    assert not any("EXISTS" in str(query.as_statement()) for query in queries)
