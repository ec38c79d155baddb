"""Added, removed, altered and renamed fields of Django-style models."""

from __future__ import annotations

from typing import Any

import pytest

from detect.building import (
    CHAR,
    INTEGER,
    NULLABLE,
    asked,
    fk,
    found,
    model,
    operations,
    said,
)
from whimbrel import models
from whimbrel.migrations import AddField, AlterField, RenameField
from whimbrel.models import CASCADE, ForeignKey, GeneratedField, ManyToManyField

OTHER = model("lib.Other", slug=models.SlugField(unique=True))
MANY = ManyToManyField("lib.Other")


def computed(over: str, **options: Any) -> GeneratedField:
    """A generated column over another field."""
    return GeneratedField(
        expression=models.F(over), output_field=INTEGER, db_persist=True, **options
    )


def book(options: Any = None, /, **fields: Any) -> Any:
    return model("lib.Book", options, **fields)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            book(),
            book(e=NULLABLE, d=NULLABLE, c=NULLABLE, b=NULLABLE, a=NULLABLE),
            [f"Add field {name} to Book" for name in "abcde"],
            id="five new fields are five operations",
        ),
        pytest.param(book(a=CHAR), book(), ["Remove field a from Book"], id="removed"),
        pytest.param(
            book(a=CHAR),
            book(a=models.CharField(max_length=20)),
            ["Alter field a on Book"],
            id="altered",
        ),
        pytest.param(book(a=CHAR), book(a=CHAR.clone()), [], id="equal"),
        pytest.param(
            book(a=CHAR),
            book(a=MANY),
            ["Remove field a from Book", "Add field a to Book"],
            id="a column becomes a many-to-many field",
        ),
        pytest.param(
            book(a=MANY),
            book(a=models.CharField(max_length=1, null=True)),
            ["Remove field a from Book", "Add field a to Book"],
            id="and the other way round",
        ),
        pytest.param(
            book(a=MANY),
            book(a=ManyToManyField("self")),
            ["Remove field a from Book", "Add field a to Book"],
            id="a many-to-many field with another target",
        ),
        pytest.param(
            book(a=MANY),
            book(a=ManyToManyField("lib.Other", through="lib.Other")),
            ["Remove field a from Book", "Add field a to Book"],
            id="a many-to-many field through a model of its own",
        ),
        pytest.param(
            book(a=MANY),
            book(a=ManyToManyField("lib.Other", related_name="books", db_table="t")),
            ["Alter field a on Book"],
            id="a many-to-many field that keeps its rows",
        ),
        pytest.param(
            book(a=fk("lib.Other")),
            book(a=fk("lib.Book")),
            ["Alter field a on Book"],
            id="a foreign key with another target",
        ),
        pytest.param(
            book(),
            book(b=NULLABLE, a=computed("b")),
            ["Add field b to Book", "Add field a to Book"],
            id="a generated column after what it is computed from",
        ),
        pytest.param(
            book(b=NULLABLE, a=computed("b")),
            book(),
            ["Remove field a from Book", "Remove field b from Book"],
            id="and before it on the way out",
        ),
        pytest.param(
            book(),
            book(z=fk("lib.Other"), a=computed("z_id")),
            ["Add field z to Book", "Add field a to Book"],
            id="a generated column over the column of a foreign key",
        ),
        pytest.param(
            book(b=INTEGER, c=INTEGER, a=computed("b")),
            book(b=INTEGER, c=INTEGER, a=computed("c")),
            ["Remove field a from Book", "Add field a to Book"],
            id="a generated column with another expression",
        ),
        pytest.param(
            book(b=INTEGER, a=computed("b")),
            book(b=INTEGER, a=computed("b", help_text="so many")),
            ["Alter field a on Book"],
            id="a generated column with another text for people",
        ),
        pytest.param(
            book(
                {
                    "indexes": [models.Index(fields=["a"], name="ix")],
                    "unique_together": [("a", "b")],
                },
                b=INTEGER,
                a=computed("id"),
            ),
            book(
                {
                    "indexes": [models.Index(fields=["a"], name="ix")],
                    "unique_together": [("a", "b")],
                },
                b=INTEGER,
                a=computed("b"),
            ),
            [
                "Alter unique_together for Book (0 constraint(s))",
                "Remove index ix from Book",
                "Remove field a from Book",
                "Add field a to Book",
                "Alter unique_together for Book (1 constraint(s))",
                "Create index ix on a of Book",
            ],
            id="what hangs on a field that is made anew is made anew",
        ),
        pytest.param(
            model("lib.Book"),
            model("lib.Book", key=False, code=models.AutoField(primary_key=True)),
            ["Remove field id from Book", "Add field code to Book"],
            id="another primary key",
        ),
    ],
)
def test_fields_come_and_go(before: Any, after: Any, expected: list[str]) -> None:
    """One operation for each field that differs, and no other."""
    refusal = {"rename-field:lib.Book.id>code": False}

    assert said(found([before, OTHER], [after, OTHER], refusal)) == expected


def test_a_reference_to_a_field_waits_for_it() -> None:
    """``to_field`` names a field that is added in the same run."""
    before = [model("lib.Tag"), book()]
    after = [
        model("lib.Tag", word=models.CharField(max_length=5, null=True, unique=True)),
        book(a=fk("lib.Tag", to_field="word")),
    ]

    assert said(found(before, after)) == [
        "Add field word to Tag",
        "Add field a to Book",
    ]


YES = {"rename-field:lib.Book.stat>status": True}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            book(stat=CHAR),
            book(status=CHAR),
            ["Rename field stat on Book to status"],
            id="renamed",
        ),
        pytest.param(
            book(stat=CHAR),
            book(status=models.CharField(max_length=30)),
            ["Rename field stat on Book to status", "Alter field status on Book"],
            id="renamed and altered",
        ),
        pytest.param(
            book({"unique_together": [("stat", "id")]}, stat=CHAR),
            book({"unique_together": [("status", "id")]}, status=CHAR),
            ["Rename field stat on Book to status"],
            id="groups follow",
        ),
        pytest.param(
            book({"indexes": [models.Index(fields=["stat"], name="ix")]}, stat=CHAR),
            book(
                {"indexes": [models.Index(fields=["status"], name="ix")]}, status=CHAR
            ),
            ["Rename field stat on Book to status"],
            id="indexes follow",
        ),
        pytest.param(
            book({"indexes": [models.Index(fields=["stat"], name="ix_1")]}, stat=CHAR),
            book(
                {"indexes": [models.Index(fields=["status"], name="ix_2")]}, status=CHAR
            ),
            [
                "Rename field stat on Book to status",
                "Rename index ix_1 of Book to ix_2",
            ],
            id="an index that is called after its field",
        ),
        pytest.param(
            book(stat=INTEGER, twice=computed("stat")),
            book(status=INTEGER, twice=computed("status")),
            ["Rename field stat on Book to status"],
            id="generated columns follow",
        ),
        pytest.param(
            book({"order_with_respect_to": "stat"}, stat=fk("self")),
            book({"order_with_respect_to": "status"}, status=fk("self")),
            ["Rename field stat on Book to status"],
            id="order_with_respect_to follows",
        ),
        pytest.param(
            book(stat=MANY),
            book(status=ManyToManyField("lib.Other", db_table="lib_book_stat")),
            ["Alter field stat on Book", "Rename field stat on Book to status"],
            id="a many-to-many field that keeps its table",
        ),
    ],
)
def test_renamed_fields(before: Any, after: Any, expected: list[str]) -> None:
    """A confirmed rename keeps the data; whatever mentions the field follows."""
    assert said(found([before, OTHER], [after, OTHER], YES)) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(CHAR, CHAR.clone(db_column="stat"), id="a plain column"),
        pytest.param(
            fk("self"), fk("self", db_column="stat_id"), id="that of a foreign key"
        ),
    ],
)
def test_a_field_that_keeps_its_column_is_no_question(old: Any, new: Any) -> None:
    """The data stays where it is; first the column gets its name, then the field."""
    first, second = operations(found([book(stat=old)], [book(status=new)]))

    assert first == AlterField("Book", "stat", new)
    assert second == RenameField("Book", "stat", "status")


def test_references_follow_a_renamed_field() -> None:
    """``to_field`` of another model needs no operation."""
    before = [
        model("lib.Tag", word=CHAR.clone(unique=True)),
        book(a=fk("lib.Tag", to_field="word")),
    ]
    after = [
        model("lib.Tag", name=CHAR.clone(unique=True)),
        book(a=fk("lib.Tag", to_field="name")),
    ]

    detection = found(before, after, {"rename-field:lib.Tag.word>name": True})

    assert said(detection) == ["Rename field word on Tag to name"]


def test_a_possible_rename_of_a_field_is_asked() -> None:
    """The question shows both names, the type, and what happens otherwise."""
    question = found([book(stat=CHAR)], [book(status=CHAR)]).questions[0]

    assert question.id == "rename-field:lib.Book.stat>status"
    assert question.type == "models.CharField(max_length=10)"
    assert question.text == (
        "Was lib.Book.stat renamed to Book.status (a "
        "models.CharField(max_length=10))? (If not, the field stat is removed with "
        "all data in it, and status is added.)"
    )


@pytest.mark.parametrize(
    ("old", "new", "asks"),
    [
        pytest.param({"a": CHAR}, {"b": CHAR}, True, id="equal"),
        pytest.param(
            {"a": CHAR}, {"b": CHAR.clone(max_length=20)}, True, id="in the same place"
        ),
        pytest.param(
            {"title": CHAR, "x": INTEGER},
            {"x": INTEGER, "title_text": models.TextField()},
            True,
            id="of a like name and type",
        ),
        pytest.param(
            {"title": CHAR, "x": INTEGER},
            {"x": INTEGER, "colour": models.TextField()},
            False,
            id="of a like type alone",
        ),
        pytest.param({"a": CHAR}, {"b": INTEGER}, False, id="of another type"),
        pytest.param({"tags": CHAR}, {"tag": MANY}, False, id="with a table between"),
        pytest.param(
            {"other": fk("lib.Other")},
            {"others": fk("self")},
            False,
            id="with another target",
        ),
    ],
)
def test_what_looks_like_a_rename(old: Any, new: Any, asks: bool) -> None:
    """By definition, name and place; better one question too many than data lost."""
    detection = found([book(**old), OTHER], [book(**new), OTHER])

    renames = [one for one in asked(detection) if one.startswith("rename")]
    assert bool(renames) is asks


def test_a_renamed_model_and_a_renamed_field() -> None:
    """The field's question comes once the model's is answered, by its new name."""
    before = [model("lib.Book", stat=CHAR, pages=INTEGER)]
    after = [model("lib.Novel", status=CHAR, pages=INTEGER)]
    yes = {"rename-model:lib.Book>Novel": True}

    assert asked(found(before, after)) == ["rename-model:lib.Book>Novel"]
    assert asked(found(before, after, yes)) == ["rename-field:lib.Novel.stat>status"]
    yes["rename-field:lib.Novel.stat>status"] = True
    assert said(found(before, after, yes)) == [
        "Rename model Book to Novel",
        "Rename field stat on Novel to status",
    ]


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        pytest.param(
            {("lib", "book", "b"): "a"}, ["Rename field a on Book to b"], id="one"
        ),
        pytest.param(
            {("lib", "book", "b"): "z"},
            ["Remove field a from Book", "Add field b to Book"],
            id="of a field that is not there",
        ),
    ],
)
def test_a_hint_settles_a_renamed_field(hints: Any, expected: list[str]) -> None:
    """``renamed_from`` counts while the old field is there."""
    detection = found([book(a=CHAR)], [book(b=CHAR)], renamed_fields=hints)

    assert said(detection) == expected


def test_hints_of_fields_may_form_a_chain() -> None:
    """a became b while b became c."""
    hints = {("lib", "book", "b"): "a", ("lib", "book", "c"): "b"}

    detection = found(
        [book(a=CHAR, b=INTEGER)], [book(b=CHAR, c=INTEGER)], renamed_fields=hints
    )

    assert said(detection) == [
        "Rename field b on Book to c",
        "Rename field a on Book to b",
    ]


def test_any_pair_may_be_confirmed() -> None:
    """An answer to a question that was never asked counts too."""
    answers = {"rename-field:lib.Book.a>b": True}

    detection = found([book(a=CHAR)], [book(b=INTEGER)], answers)

    assert said(detection) == ["Rename field a on Book to b", "Alter field b on Book"]


def test_few_candidates_are_asked_at_a_time() -> None:
    """Ten fields out and one in are not ten questions; after a no, the next come."""
    before = book(**{f"f{number}": CHAR for number in range(6)})
    after = book(new=CHAR)

    first = asked(found([before], [after]))
    second = asked(found([before], [after], dict.fromkeys(first, False)))

    assert len(first) == len(second) == 3
    assert not set(first) & set(second)


def test_functions_and_partials_are_compared_by_what_they_are() -> None:
    """Validators and defaults that are equal make no change."""
    one = AddField("Book", "a", CHAR.clone(default=str, validators=[len]))
    two = AddField("Book", "a", CHAR.clone(default=str, validators=[len]))

    assert said(found([book(a=one.field)], [book(a=two.field)])) == []


def test_a_foreign_key_in_place_of_a_text() -> None:
    """A new model first, then the key to it."""
    after = [
        book(publisher=ForeignKey("lib.Publisher", CASCADE, null=True)),
        model("lib.Publisher"),
    ]

    assert said(found([book(publisher_name=CHAR)], after)) == [
        "Create model Publisher",
        "Remove field publisher_name from Book",
        "Add field publisher to Book",
    ]
