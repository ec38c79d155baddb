"""`Model.objects` on every database, with live classes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from database.library import Author, Book, Card, Novel, Tag
from whimbrel.errors.query import MultipleObjectsReturned, NoSession, UnknownName
from whimbrel.models import F, Q, use_session
from whimbrel.testing.databases import Scratch


@pytest.fixture
def session(database: Scratch) -> Iterator[Session]:
    for model in (Author, Tag, Book, Novel, Card):
        sa.inspect(model)
    Book.__table__.metadata.create_all(database.engine)
    with Session(database.engine) as opened, use_session(opened):
        yield opened
        opened.rollback()


@pytest.fixture
def emma(session: Session) -> Book:
    jane = Author.objects.create(name="Jane", born=1775)
    return Book.objects.create(title="Emma", pages=400, author=jane)


@pytest.fixture
def orphan(session: Session) -> Book:
    return Book.objects.create(title="Beowulf", pages=100)


def titles(query: object) -> list[str]:
    return sorted(book.title for book in query)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("lookups", "found"),
    [
        pytest.param({"title": "Emma"}, ["Emma"], id="exact"),
        pytest.param({"title__icontains": "MM"}, ["Emma"], id="icontains"),
        pytest.param({"title__startswith": "B"}, ["Beowulf"], id="startswith"),
        pytest.param({"title__in": ["Emma", "x"]}, ["Emma"], id="in"),
        pytest.param({"pages__gt": 100}, ["Emma"], id="gt"),
        pytest.param({"pages__range": (50, 150)}, ["Beowulf"], id="range"),
        pytest.param({"author": None}, ["Beowulf"], id="is null"),
        pytest.param({"author__isnull": False}, ["Emma"], id="isnull"),
        pytest.param({"author__name": "Jane"}, ["Emma"], id="across a key"),
        pytest.param({"author__born__lt": 1800}, ["Emma"], id="across, lookup"),
        pytest.param({"author__book__title": "Emma"}, ["Emma"], id="there and back"),
        pytest.param({"pages": F("pages")}, ["Beowulf", "Emma"], id="F"),
    ],
)
def test_filter_and_exclude_part_the_rows(
    emma: Book, orphan: Book, lookups: dict[str, object], found: list[str]
) -> None:
    """What filter gives and what exclude gives are all rows, and no row twice."""
    chosen = titles(Book.objects.filter(**lookups))
    others = titles(Book.objects.exclude(**lookups))

    assert chosen == found
    assert sorted(chosen + others) == ["Beowulf", "Emma"]


def test_conditions_combine(emma: Book, orphan: Book) -> None:
    """Q objects join with and, or and not."""
    either = Book.objects.filter(Q(title="Emma") | Q(pages__lte=100))
    neither = Book.objects.filter(~Q(title="Emma") & ~Q(pages__lte=100))

    assert titles(either) == ["Beowulf", "Emma"]
    assert titles(neither) == []


def test_get_says_when_there_is_none_or_more_than_one(emma: Book, orphan: Book) -> None:
    """Each model has its own DoesNotExist, as in Django."""
    with pytest.raises(Book.DoesNotExist) as caught:
        Book.objects.get(title="Persuasion")
    with pytest.raises(MultipleObjectsReturned):
        Book.objects.get(pages__gte=0)

    assert "no library.Book matches title='Persuasion'" in str(caught.value)


def test_order_slices_and_values(emma: Book, orphan: Book) -> None:
    """Ordering crosses keys; a slice reads only its rows."""
    by_author = Book.objects.order_by("-author__name", "title")

    assert list(by_author.values_list("title", "author__name"))[-1] in (
        ("Beowulf", None),
        ("Emma", "Jane"),
    )
    assert Book.objects.order_by("pages").first() is orphan
    assert Book.objects.order_by("pages").last() is emma
    assert [b.title for b in Book.objects.order_by("-pages")[:1]] == ["Emma"]
    assert list(Book.objects.filter(pages=100).values("title")) == [
        {"title": "Beowulf"}
    ]
    assert list(Book.objects.order_by("pages").values_list("pages", flat=True)) == [
        100,
        400,
    ]


def test_update_and_delete_count_rows(emma: Book, orphan: Book) -> None:
    """Both work in the database, with expressions and across keys."""
    changed = Book.objects.filter(author__name="Jane").update(pages=F("pages") + 1)
    removed = Book.objects.filter(author=None).delete()

    assert (changed, removed) == (1, 1)
    assert Book.objects.get().pages == 401


def test_relations_are_followed_both_ways(emma: Book, session: Session) -> None:
    """Keys give objects; the way back is a query; one-to-one gives one."""
    card = Card.objects.create(book=emma, shelf="A1")
    jane = Author.objects.get(name="Jane")

    assert emma.author is jane
    assert jane.book_set.get() is emma
    assert jane.book_set.create(title="Sanditon").author is jane
    assert emma.card is card
    assert Author.objects.filter(book__card__shelf="A1").count() == 1


def test_many_to_many_is_changed_from_both_sides(emma: Book) -> None:
    """add is idempotent; set, remove and clear do what they say."""
    first, second = (Tag.objects.create(word=word) for word in ("one", "two"))
    emma.tags.add(first)
    emma.tags.add(first, second)
    assert emma.tags.count() == 2

    second.book_set.remove(emma)
    assert [tag.word for tag in emma.tags.all()] == ["one"]

    emma.tags.set([second])
    assert Book.objects.filter(tags__word="two").exists()
    assert not Book.objects.filter(tags=first).exists()

    emma.tags.clear()
    assert emma.tags.count() == 0


def test_a_child_model_is_also_its_parent(session: Session) -> None:
    """Multi-table inheritance keeps one row in each table."""
    novel = Novel.objects.create(title="Emma", genre="romance")

    assert Book.objects.get(title="Emma").pk == novel.pk
    assert Novel.objects.filter(pages=1, genre="romance").count() == 1


def test_bulk_and_or_create(session: Session) -> None:
    """The bulk methods write what they are given, once."""
    Tag.objects.bulk_create([Tag(word=str(n)) for n in range(5)])
    again, made = Tag.objects.get_or_create(word="3")
    other, fresh = Tag.objects.get_or_create(word="9")

    assert (made, fresh) == (False, True)
    assert Tag.objects.count() == 6
    assert sum(1 for _ in Tag.objects.iterator(chunk_size=2)) == 6
    assert again.pk != other.pk


def test_instances_save_and_delete(emma: Book) -> None:
    """`save` writes what changed, `delete` removes the row."""
    emma.title = "Emma Woodhouse"
    emma.save()
    assert Book.objects.filter(title="Emma Woodhouse").exists()

    emma.delete()
    assert not Book.objects.exists()


def test_an_unknown_name_is_refused_with_advice(emma: Book) -> None:
    """A typing error is answered with the name that was meant."""
    with pytest.raises(UnknownName) as caught:
        Book.objects.filter(titel="Emma")

    assert "did you mean 'title'?" in str(caught.value)


def test_a_query_needs_a_session() -> None:
    """Outside a session there is a clear error instead of a hidden connection."""
    with pytest.raises(NoSession):
        list(Book.objects.all())
