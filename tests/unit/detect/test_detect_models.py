"""Created, deleted and renamed models; models that need each other."""

from __future__ import annotations

from typing import Any

import pytest

from detect.building import CHAR, INTEGER, asked, fk, found, model, proxy, said
from whimbrel import models
from whimbrel.migrations import CreateModel
from whimbrel.models import CASCADE, ManyToManyField, OneToOneField

BOOK = model("lib.Book", title=CHAR)
NOVEL = model("lib.Novel", title=CHAR)
PERSON = model("lib.Person")
GROUP = model("lib.Group", people=ManyToManyField("lib.Person", through="lib.Member"))
MEMBER = model("lib.Member", group=fk("lib.Group"), person=fk("lib.Person"))
CHILD = model(
    "lib.Atlas",
    bases=("lib.Book",),
    key=False,
    book_ptr=OneToOneField("lib.Book", CASCADE, parent_link=True, primary_key=True),
)
UNMANAGED = model("lib.View", {"managed": False}, title=CHAR)
IN_A = model("a.X", y=fk("b.Y"))
IN_B = model("b.Y", x=fk("a.X"))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param([], [BOOK], ["Create model Book"], id="new"),
        pytest.param([BOOK], [], ["Delete model Book"], id="gone"),
        pytest.param(
            [],
            [model("lib.Author", best=fk("lib.Book")), BOOK],
            ["Create model Book", "Create model Author"],
            id="the target of a foreign key comes first",
        ),
        pytest.param(
            [model("lib.Author", best=fk("lib.Book")), BOOK],
            [],
            ["Delete model Author", "Delete model Book"],
            id="the target of a foreign key goes last",
        ),
        pytest.param(
            [],
            [CHILD, BOOK],
            ["Create model Book", "Create model Atlas"],
            id="parents come first",
        ),
        pytest.param(
            [BOOK, CHILD], [BOOK], ["Delete model Atlas"], id="a child goes whole"
        ),
        pytest.param(
            [],
            [proxy("lib.Best", "lib.Book"), BOOK],
            ["Create model Book", "Create proxy model Best"],
            id="a proxy after what it stands for",
        ),
        pytest.param(
            [BOOK, proxy("lib.Best", "lib.Book")],
            [BOOK, model("lib.Best")],
            ["Delete model Best", "Create model Best"],
            id="a proxy that becomes a model of its own",
        ),
        pytest.param([], [UNMANAGED], ["Create model View"], id="unmanaged"),
        pytest.param(
            [UNMANAGED],
            [model("lib.View", title=CHAR)],
            ["Change options on View"],
            id="unmanaged becomes managed",
        ),
        pytest.param(
            [],
            [PERSON, GROUP, MEMBER],
            [
                "Create model Group",
                "Create model Person",
                "Create model Member",
                "Add field people to Group",
            ],
            id="a many-to-many field after the model that it goes through",
        ),
        pytest.param(
            [PERSON, GROUP, MEMBER],
            [],
            [
                "Remove field people from Group",
                "Delete model Member",
                "Delete model Group",
                "Delete model Person",
            ],
            id="and before it on the way out",
        ),
        pytest.param(
            [],
            [IN_A, IN_B],
            ["Create model X", "Create model Y", "Add field y to X"],
            id="a cycle over two apps is broken once",
        ),
        pytest.param(
            [IN_A, IN_B],
            [],
            ["Remove field y from X", "Delete model Y", "Delete model X"],
            id="and on the way out",
        ),
        pytest.param(
            [model("lib.Node", parent=fk("self"))],
            [model("lib.Node", parent=fk("self")), model("lib.Leaf", up=fk("self"))],
            ["Create model Leaf"],
            id="a model that refers to itself is no cycle",
        ),
        pytest.param(
            [model("lib.Old"), model("lib.Book", of=fk("lib.Old"))],
            [model("lib.New"), model("lib.Book", of=fk("lib.New"))],
            ["Create model New", "Alter field of on Book", "Delete model Old"],
            id="a foreign key turns to a new model before the old one goes",
        ),
        pytest.param(
            [model("lib.Old", {"db_table": "t"}, a=INTEGER)],
            [model("lib.New", {"db_table": "t"}, b=CHAR)],
            ["Delete model Old", "Create model New"],
            id="who frees a table's name goes before who takes it",
        ),
    ],
)
def test_models_come_and_go(before: Any, after: Any, expected: list[str]) -> None:
    """Created and deleted whole, in an order that works."""
    assert said(found(before, after, {"rename-model:lib.Old>New": False})) == expected


def test_a_new_model_is_one_operation() -> None:
    """With its indexes, constraints and groups inside: nothing follows it."""
    book = model(
        "lib.Book",
        {
            "indexes": [models.Index(fields=["title"], name="ix")],
            "constraints": [models.UniqueConstraint(fields=["title"], name="uq")],
            "unique_together": [("title", "author")],
            "order_with_respect_to": "author",
            "ordering": ["title"],
            "db_table_comment": "all of them",
        },
        managers=[("objects", models.Manager())],
        title=CHAR,
        author=fk("lib.Author"),
    )

    changes = found([], [model("lib.Author"), book]).changes

    creation = changes[1].operation
    assert len(changes) == 2
    assert isinstance(creation, CreateModel)
    assert creation.model_state("lib") == book


def test_what_hangs_on_a_relation_follows_it() -> None:
    """A model of a cycle gets its foreign key later, and what needs the key too."""
    book = model(
        "lib.Book",
        {
            "indexes": [
                models.Index(fields=["title"], name="ix_title"),
                models.Index(fields=["author"], name="ix_author"),
            ],
            "unique_together": [("title", "number"), ("title", "author")],
            "order_with_respect_to": "author",
        },
        title=CHAR,
        number=INTEGER,
        author=fk("lib.Zoe"),
    )

    detection = found([], [book, model("lib.Zoe", best=fk("lib.Book"))])

    assert said(detection) == [
        "Create model Book",
        "Create model Zoe",
        "Add field author to Book",
        "Set order_with_respect_to on Book to author",
        "Alter unique_together for Book (2 constraint(s))",
        "Create index ix_author on author of Book",
    ]
    creation = detection.changes[0].operation
    assert isinstance(creation, CreateModel)
    assert creation.options["unique_together"] == (("title", "number"),)


def test_a_ring_is_broken_once() -> None:
    """However many models: one foreign key comes later."""
    names = ("A", "B", "C", "D", "E")
    ring = [
        model(f"lib.{one}", next=fk(f"lib.{other}"), first=fk("lib.A"))
        for one, other in zip(names, (*names[1:], names[0]), strict=True)
    ]

    assert said(found([], ring)) == [
        "Create model A",
        "Create model E",
        "Create model D",
        "Create model C",
        "Create model B",
        "Add field next to A",
    ]


def test_a_key_that_is_a_relation_stays_in_its_model() -> None:
    """A model without its primary key could not be created."""
    profile = model(
        "lib.Profile",
        key=False,
        user=OneToOneField("lib.User", CASCADE, primary_key=True),
    )
    user = model("lib.User", shown=fk("lib.Profile"))

    assert said(found([], [profile, user])) == [
        "Create model User",
        "Create model Profile",
        "Add field shown to User",
    ]


@pytest.mark.parametrize(
    ("apps", "expected"),
    [
        ({"a"}, ["Create model X", "Create model Y", "Add field y to X"]),
        ({"b"}, ["Create model X", "Create model Y"]),
        ({"c"}, ["Create model Z"]),
    ],
)
def test_only_some_apps_and_what_they_need(apps: set[str], expected: list[str]) -> None:
    """The changes of other apps come along where these could not run without."""
    after = [IN_A, IN_B, model("c.Z")]

    assert said(found([], after, apps=apps)) == expected


YES = {"rename-model:lib.Book>Novel": True}


@pytest.mark.parametrize(
    ("before", "after", "answers", "expected"),
    [
        pytest.param(
            [BOOK], [NOVEL], YES, ["Rename model Book to Novel"], id="renamed"
        ),
        pytest.param(
            [BOOK],
            [NOVEL],
            {"rename-model:lib.Book>Novel": False},
            ["Create model Novel", "Delete model Book"],
            id="not renamed",
        ),
        pytest.param(
            [BOOK],
            [model("lib.Novel", title=CHAR, pages=models.IntegerField(null=True))],
            YES,
            ["Rename model Book to Novel", "Add field pages to Novel"],
            id="renamed and changed",
        ),
        pytest.param(
            [BOOK, model("shop.Order", book=fk("lib.Book"))],
            [NOVEL, model("shop.Order", book=fk("lib.Novel"))],
            YES,
            ["Rename model Book to Novel"],
            id="relations follow",
        ),
        pytest.param(
            [PERSON, GROUP, MEMBER],
            [
                PERSON,
                model(
                    "lib.Group",
                    people=ManyToManyField("lib.Person", through="lib.Belonging"),
                ),
                model("lib.Belonging", group=fk("lib.Group"), person=fk("lib.Person")),
            ],
            {"rename-model:lib.Member>Belonging": True},
            ["Rename model Member to Belonging"],
            id="the model that a many-to-many field goes through",
        ),
        pytest.param(
            [BOOK, model("lib.Order", book=fk("lib.Book"))],
            [
                model("lib.BOOK", title=CHAR),
                model("lib.Order", book=fk("lib.BOOK")),
            ],
            {},
            ["Rename model Book to BOOK"],
            id="only the case changed: nothing to ask",
        ),
        pytest.param(
            [model("lib.Book", {"db_table": "books"}, title=CHAR)],
            [model("lib.Novel", {"db_table": "books"}, title=CHAR)],
            {},
            ["Rename model Book to Novel"],
            id="the table stays: nothing to ask",
        ),
        pytest.param(
            [BOOK],
            [model("lib.Novel", {"db_table": "lib_book"}, title=CHAR)],
            {},
            ["Rename table for Book to lib_book", "Rename model Book to Novel"],
            id="the table stays because it is named now",
        ),
        pytest.param(
            [BOOK],
            [model("lib.Novel", {"db_table": "novels"}, title=CHAR)],
            YES,
            ["Rename table for Book to novels", "Rename model Book to Novel"],
            id="model and table",
        ),
        pytest.param(
            [BOOK, CHILD],
            [
                NOVEL,
                model(
                    "lib.Atlas",
                    bases=("lib.novel",),
                    key=False,
                    book_ptr=OneToOneField(
                        "lib.Novel", CASCADE, parent_link=True, primary_key=True
                    ),
                ),
            ],
            YES,
            ["Rename model Book to Novel"],
            id="children follow",
        ),
    ],
)
def test_renamed_models(
    before: Any, after: Any, answers: dict[str, object], expected: list[str]
) -> None:
    """A confirmed rename is one operation; whatever points to the model follows."""
    detection = found(before, after, answers)

    assert said(detection) == expected
    assert asked(detection) == []


def test_a_possible_rename_is_asked() -> None:
    """The question says what happens otherwise, because that loses data."""
    question = found([BOOK], [NOVEL]).questions[0]

    assert question.id == "rename-model:lib.Book>Novel"
    assert question.text == (
        "Was the model lib.Book renamed to Novel? (If not, Book is deleted with "
        "all its rows, and Novel is created empty.)"
    )
    assert (question.app, question.model, question.field) == ("lib", "Novel", None)
    assert question.choices == ("true", "false")


def test_one_changed_field_does_not_hide_a_rename() -> None:
    """Detection looks for likeness, not for equality."""
    before = model("lib.Book", title=CHAR, pages=INTEGER, price=INTEGER)
    after = model(
        "lib.Novel", title=CHAR.clone(max_length=99), pages=INTEGER, cost=INTEGER
    )

    assert asked(found([before], [after])) == ["rename-model:lib.Book>Novel"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(BOOK, model("shop.Novel", title=CHAR), id="in another app"),
        pytest.param(BOOK, model("lib.Shelf", width=INTEGER), id="nothing alike"),
        pytest.param(
            UNMANAGED, model("lib.Vista", {"managed": False}, title=CHAR), id="no table"
        ),
    ],
)
def test_nothing_to_ask(before: Any, after: Any) -> None:
    """Models without anything in common, or without data, are no question."""
    assert asked(found([before], [after])) == []


def test_the_likeliest_is_asked_first_and_settles_the_rest() -> None:
    """After a yes, no other question is about the two."""
    books = model("lib.Books", title=CHAR)

    open_questions = asked(found([BOOK], [NOVEL, books]))
    rest = found([BOOK], [NOVEL, books], {"rename-model:lib.Book>Books": True})

    assert open_questions == [
        "rename-model:lib.Book>Books",
        "rename-model:lib.Book>Novel",
    ]
    assert asked(rest) == []
    assert said(rest) == ["Rename model Book to Books", "Create model Novel"]


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        pytest.param(
            {("lib", "novel"): "Book"}, ["Rename model Book to Novel"], id="one"
        ),
        pytest.param(
            {("lib", "novel"): "Tome"},
            ["Create model Novel", "Delete model Book"],
            id="of a model that is not there",
        ),
        pytest.param(
            {("lib", "novel"): "lib.Book"}, ["Rename model Book to Novel"], id="label"
        ),
        pytest.param(
            {("lib", "novel"): "shop.Book"},
            ["Create model Novel", "Delete model Book"],
            id="of another app",
        ),
    ],
)
def test_a_hint_settles_the_question(
    hints: dict[tuple[str, str], str], expected: list[str]
) -> None:
    """``renamed_from`` counts while the old model is there, and no longer."""
    assert said(found([BOOK], [NOVEL], renamed_models=hints)) == expected


def test_hints_may_form_a_chain() -> None:
    """A became B while B became C: in an order in which no name is taken."""
    hints = {("lib", "c"): "B", ("lib", "b"): "A"}
    a, b, c = (
        model("lib.A", x=CHAR),
        model("lib.B", y=INTEGER),
        model("lib.C", y=INTEGER),
    )

    forth = found([a, b], [model("lib.B", x=CHAR), c], renamed_models=hints)
    again = found(
        [model("lib.B", x=CHAR), c], [model("lib.B", x=CHAR), c], renamed_models=hints
    )

    assert said(forth) == ["Rename model B to C", "Rename model A to B"]
    assert said(again) == []


def test_an_answer_counts_more_than_a_hint() -> None:
    """Who answers knows better than a line that was left in the models."""
    detection = found(
        [BOOK],
        [NOVEL],
        {"rename-model:lib.Book>Novel": False},
        renamed_models={("lib", "novel"): "Book"},
    )

    assert said(detection) == ["Create model Novel", "Delete model Book"]
