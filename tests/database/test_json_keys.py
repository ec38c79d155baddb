"""Conditions on keys of JSON documents, on every database."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from database.society import ALL, Person, Place
from whimbrel.errors.models import UnknownLookup
from whimbrel.models import Q, use_session
from whimbrel.testing.databases import Scratch

DOCUMENTS: dict[str, Any] = {
    "none": None,
    "empty": {},
    "null": {"k": None},
    "one": {"k": 1},
    "real": {"k": 1.5},
    "text": {"k": "1"},
    "true": {"k": True},
    "word": {"k": "Rome", "day": "2020-01-02"},
    "list": {"k": [1, {"x": "deep"}]},
    "object": {"k": {"a": "b"}},
    "odd": {"it's a, {key}": 7},
}


@pytest.fixture
def people(database: Scratch) -> Iterator[None]:
    for model in ALL:
        sa.inspect(model)
    Place.__table__.metadata.create_all(database.engine)
    with Session(database.engine) as session, use_session(session):
        Person.objects.bulk_create(
            Person(name=name, data=data) for name, data in DOCUMENTS.items()
        )
        yield
        session.rollback()


@pytest.mark.parametrize(
    ("lookups", "found"),
    [
        ({"data__k": 1}, {"one"}),
        ({"data__k__exact": 1}, {"one"}),
        ({"data__k": Decimal("1.5")}, {"real"}),
        ({"data__k": "1"}, {"text"}),
        ({"data__k": True}, {"true"}),
        ({"data__k": False}, set()),
        ({"data__k": None}, {"null"}),
        ({"data__k__isnull": True}, {"none", "empty", "odd"}),
        ({"data__k__isnull": False}, set(DOCUMENTS) - {"none", "empty", "odd"}),
        ({"data__k__gt": 1}, {"real"}),
        ({"data__k__range": (0, 2)}, {"one", "real"}),
        ({"data__k__in": [1, "Rome", True]}, {"one", "word", "true"}),
        ({"data__k": "rome"}, set()),
        ({"data__k__iexact": "rome"}, {"word"}),
        ({"data__k__startswith": "Ro"}, {"word"}),
        ({"data__k__icontains": "OM"}, {"word"}),
        ({"data__day": datetime.date(2020, 1, 2)}, {"word"}),
        ({"data__day__lt": "2021"}, {"word"}),
        ({"data__k__0": 1}, {"list"}),
        ({"data__k__1__x": "deep"}, {"list"}),
        ({"data__k__1__x__exact": "deep"}, {"list"}),
        ({"data__k": [1, {"x": "deep"}]}, {"list"}),
        ({"data__k": {"a": "b"}}, {"object"}),
        ({"data__it's a, {key}": 7}, {"odd"}),
    ],
)
def test_a_key_is_compared_by_its_type(
    people: None, lookups: dict[str, Any], found: set[str]
) -> None:
    """What filter finds and what exclude finds are all rows."""
    chosen = set(Person.objects.filter(**lookups).values_list("name", flat=True))
    others = set(Person.objects.exclude(**lookups).values_list("name", flat=True))

    assert chosen == found
    assert others == set(DOCUMENTS) - found


def test_keys_go_with_q_and_are_selected(people: None) -> None:
    """`Q` takes them, across relations too; `values_list` reads them."""
    anna = Person.objects.get(name="one")
    anna.friends.add(Person.objects.get(name="true"))
    either = Person.objects.filter(Q(data__k=True) | Q(friends__data__k=True))
    values = dict(either.values_list("name", "data__k"))

    assert values == {"one": 1, "true": True}
    assert values["true"] is True
    deep = Person.objects.filter(name="list").values_list("data__k__1", flat=True)
    assert list(deep) == [{"x": "deep"}]


def test_a_document_cannot_be_compared_by_size(people: None) -> None:
    """There is no order among documents that all databases share."""
    with pytest.raises(UnknownLookup):
        Person.objects.filter(data__k__gt={"a": 1})
