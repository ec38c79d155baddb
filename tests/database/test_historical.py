"""Historical models, as data steps get them, on every database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from whimbrel import models
from whimbrel.models import use_session
from whimbrel.state.apps import StateApps
from whimbrel.state.dissect import dissect
from whimbrel.state.model import ModelState
from whimbrel.testing.databases import Scratch

KEY = models.BigAutoField(primary_key=True)

PLACE = ModelState("town", "Place", {"id": KEY, "name": models.CharField(max_length=9)})
PERSON = ModelState(
    "town",
    "Person",
    {
        "id": KEY,
        "name": models.CharField(max_length=9),
        "visited": models.ManyToManyField("town.place", through="town.visit"),
    },
)
VISIT = ModelState(
    "town",
    "Visit",
    {
        "id": KEY,
        "person": models.ForeignKey("town.person", models.CASCADE),
        "place": models.ForeignKey("town.place", models.PROTECT),
        "note": models.CharField(max_length=9, default="none"),
    },
    {"order_with_respect_to": "person"},
)
OWNER = ModelState(
    "town",
    "owner",
    {
        "id": dissect(sa.Column("id", sa.Integer, primary_key=True)),
        "name": dissect(sa.Column("name", sa.String(9))),
        "facts": dissect(sa.Column("facts", sa.JSON)),
    },
    {"constraints": [dissect(sa.PrimaryKeyConstraint("id"))]},
)
HOUSE = ModelState(
    "town",
    "house",
    {
        "id": dissect(sa.Column("id", sa.Integer, primary_key=True)),
        "owner_id": dissect(sa.Column("owner_id", sa.Integer)),
        "rooms": dissect(sa.Column("rooms", sa.Integer)),
        "street": dissect(sa.Column("street", sa.String(9))),
    },
    {
        "constraints": [
            dissect(sa.PrimaryKeyConstraint("id")),
            dissect(sa.ForeignKeyConstraint(["owner_id"], ["owner.id"])),
        ]
    },
)


@pytest.fixture
def apps(database: Scratch) -> Iterator[StateApps]:
    """The registry of a data step, its tables made."""
    states = {state.key: state for state in (PLACE, PERSON, VISIT, OWNER, HOUSE)}
    made = StateApps(states)
    metadata = {model.__table__.metadata for model in made.get_models()}
    for tables in metadata:
        tables.create_all(database.engine)
    with Session(database.engine) as session, use_session(session):
        yield made
        session.rollback()


def names(query: Any) -> list[str]:
    return sorted(row.name for row in query)


def test_a_model_between_is_mapped_once(apps: StateApps) -> None:
    """Whichever class is asked for first."""
    person = apps.get_model("town", "Person")
    paris = apps.get_model("town", "Place").objects.create(name="Paris")
    anna = person.objects.create(name="Anna")
    anna.visited.add(paris, through_defaults={"note": "spring"})

    assert names(person.objects.filter(visited__name="Paris")) == ["Anna"]
    assert apps.get_model("town.Visit").objects.get().note == "spring"


def test_rows_are_counted_within_their_parent(apps: StateApps) -> None:
    """`order_with_respect_to` holds for data steps as well."""
    place = apps.get_model("town", "Place").objects.create(name="Rome")
    anna = apps.get_model("town", "Person").objects.create(name="Anna")
    visit = apps.get_model("town", "Visit")
    visit.objects.bulk_create(
        [visit(person=anna, place=place), visit(person=anna, place=place, _order=5)]
    )
    visit.objects.create(person=anna, place=place)

    assert [row._order for row in visit.objects.all()] == [0, 5, 6]


def test_keys_of_documents_in_tables(apps: StateApps) -> None:
    """Also where PostgreSQL keeps them as `json`, which knows no equality."""
    owner = apps.get_model("town", "owner")
    owner.objects.create(id=1, name="Anna", facts={"pets": ["cat"], "age": 40})
    owner.objects.create(id=2, name="Bert", facts={"age": 9})

    assert names(owner.objects.filter(facts__age__gt=9)) == ["Anna"]
    assert names(owner.objects.filter(facts__pets=["cat"])) == ["Anna"]
    assert names(owner.objects.filter(facts__pets__isnull=True)) == ["Bert"]


def test_lookups_of_one_filter_share_a_row(apps: StateApps) -> None:
    """In tables without models of their own as well."""
    owner, house = (apps.get_model("town", name) for name in ("owner", "house"))
    anna, bert = (
        owner.objects.create(id=number, name=name, facts={})
        for number, name in enumerate(["Anna", "Bert"], 1)
    )
    house.objects.bulk_create(
        house(id=number, owner=who, rooms=rooms, street=street)
        for number, (who, rooms, street) in enumerate(
            [(anna, 1, "High"), (anna, 9, "Low"), (bert, 9, "High")], 1
        )
    )
    both = {"house__rooms": 9, "house__street": "High"}

    assert names(owner.objects.filter(**both)) == ["Bert"]
    assert names(owner.objects.exclude(**both)) == ["Anna"]
    apart = owner.objects.filter(house__rooms=9).filter(house__street="High")
    assert names(apart) == ["Anna", "Bert"]
