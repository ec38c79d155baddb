"""SQLAlchemy-style models: tables, columns, keys, schemas, sequences."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from detect.building import applied, asked, found, key, model, said, table
from whimbrel.detect.detect import detect
from whimbrel.errors.detect import VocabularyChanged
from whimbrel.reflect.metadata import read_metadata
from whimbrel.state.project import ProjectState
from whimbrel.state.tables import Sequence

C = sa.Column


def fkey(column: str, target: str, **options: Any) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], **options)


def users(label: str = "shop.users", **options: Any) -> Any:
    return table(label, key(), C("mail", sa.String(50)), **options)


def posts(target: str = "users.id", **options: Any) -> Any:
    return table(
        "shop.posts",
        key(),
        C("user_id", sa.Integer),
        fkey("user_id", target, **options),
    )


CYCLE = [
    table("shop.a", key(), C("b", sa.Integer), fkey("b", "b.id")),
    table("shop.b", key(), C("a", sa.Integer), fkey("a", "a.id", name="fk_a")),
]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            [],
            [posts(), users()],
            ["Create model users", "Create model posts"],
            id="the target of a foreign key comes first",
        ),
        pytest.param(
            [posts(), users()],
            [],
            ["Delete model posts", "Delete model users"],
            id="and goes last",
        ),
        pytest.param(
            [],
            CYCLE,
            [
                "Create model a",
                "Create model b",
                "Create constraint foreign_key(b -> b) on a",
            ],
            id="a cycle is broken at one constraint",
        ),
        pytest.param(
            CYCLE,
            [],
            [
                "Remove constraint foreign_key(b -> b) from a",
                "Delete model b",
                "Delete model a",
            ],
            id="and on the way out",
        ),
        pytest.param(
            [users(), posts()],
            [users(), posts(ondelete="CASCADE")],
            [
                "Remove constraint foreign_key(user_id -> users) from posts",
                "Create constraint foreign_key(user_id -> users) on posts",
            ],
            id="a foreign key with another action",
        ),
        pytest.param(
            [users(), posts()],
            [users(schema="crm"), posts("crm.users.id")],
            ["Move table of users to schema crm"],
            id="a table in another schema: keys follow",
        ),
        pytest.param(
            [users()],
            [users(comment="all", mysql_engine="InnoDB")],
            ["Change options on users", "Alter users table comment"],
            id="comment and dialect arguments",
        ),
        pytest.param(
            [table("shop.t", key("a"), C("b", sa.Integer, nullable=False))],
            [table("shop.t", C("a", sa.Integer, nullable=False), key("b"))],
            ["Alter field a on t", "Alter field b on t"],
            id="another primary key",
        ),
        pytest.param(
            [
                table(
                    "shop.t",
                    key("a"),
                    C("b", sa.Integer, nullable=False),
                    sa.PrimaryKeyConstraint("a", name="pk"),
                )
            ],
            [
                table(
                    "shop.t",
                    key("a"),
                    key("b"),
                    sa.PrimaryKeyConstraint("a", "b", name="pk"),
                )
            ],
            [
                "Remove constraint pk from t",
                "Alter field b on t",
                "Create constraint pk on t",
            ],
            id="a named primary key with one more column",
        ),
        pytest.param(
            [
                table(
                    "shop.t",
                    key(),
                    C("n", sa.Integer, sa.Computed("id + 1")),
                    sa.Index("ix", "n"),
                )
            ],
            [
                table(
                    "shop.t",
                    key(),
                    C("n", sa.Integer, sa.Computed("id + 2")),
                    sa.Index("ix", "n"),
                )
            ],
            [
                "Remove index ix from t",
                "Remove field n from t",
                "Add field n to t",
                "Create index ix on n of t",
            ],
            id="another computed expression",
        ),
        pytest.param(
            [users()],
            [
                table(
                    "shop.users",
                    key(),
                    C("mail", sa.String(50)),
                    sa.UniqueConstraint("mail"),
                    sa.CheckConstraint("id > 0"),
                )
            ],
            [
                "Create constraint check(id > 0) on users",
                "Create constraint unique(mail) on users",
            ],
            id="constraints without names",
        ),
        pytest.param(
            [users()],
            [
                table(
                    "shop.users",
                    key(),
                    C("mail", sa.String(50)),
                    sa.UniqueConstraint("mail", name="uq"),
                ),
                table(
                    "shop.posts", key(), C("m", sa.String(50)), fkey("m", "users.mail")
                ),
            ],
            ["Create constraint uq on users", "Create model posts"],
            id="a foreign key waits for what makes its target unique",
        ),
        pytest.param(
            [users()],
            [table("shop.User", key(), C("mail", sa.String(50)), name="users")],
            ["Rename table for users to users", "Rename model users to User"],
            id="a class mapped on a bare table: nothing to ask",
        ),
        pytest.param(
            [
                table("shop.User", key(), C("mail", sa.String(50)), name="users"),
                posts(),
            ],
            [
                table("shop.Person", key(), C("mail", sa.String(50)), name="users"),
                posts(),
            ],
            ["Rename model User to Person"],
            id="a class with another name: nothing to ask",
        ),
        pytest.param(
            [
                table("shop.User", key(), C("mail", sa.String(50)), name="users"),
                posts(),
            ],
            [
                table("shop.User", key(), C("mail", sa.String(50)), name="people"),
                posts("people.id"),
            ],
            ["Rename table for User to people"],
            id="a class with another table: keys follow",
        ),
    ],
)
def test_tables(before: Any, after: Any, expected: list[str]) -> None:
    """Operations in SQLAlchemy's words; keys follow renamed tables."""
    detection = found(before, after)

    assert said(detection) == expected
    assert asked(detection) == []


def test_a_unique_constraint_that_others_refer_to_is_altered() -> None:
    """Removed and added again, it would leave them without a key for a while."""

    def pair(name: str, **options: Any) -> list[Any]:
        words = C("word", sa.String(50))
        one = sa.UniqueConstraint("word", name=name, **options)
        refers = fkey("word", "a.word")
        return [
            table("shop.a", key(), words, one),
            table("shop.b", key(), C("word", sa.String(50)), refers),
        ]

    include = {"postgresql_include": ["id"]}

    assert said(found(pair("one"), pair("one", **include))) == [
        "Alter constraint one on a"
    ]
    assert said(found(pair("one"), pair("two", **include))) == [
        "Alter constraint one on a"
    ]
    assert said(found(pair("one")[:1], pair("two", **include)[:1])) == [
        "Remove constraint one from a",
        "Create constraint two on a",
    ]


def test_a_column_that_is_no_longer_computed_is_altered() -> None:
    """It keeps its values; one that begins to be computed has others."""
    follows = C("next", sa.Integer, sa.Computed("n + 1"))
    computed = table("shop.t", C("n", sa.Integer), follows)
    plain = table("shop.t", C("n", sa.Integer), C("next", sa.Integer))

    assert said(found([computed], [plain])) == ["Alter field next on t"]
    assert said(found([plain], [computed])) == [
        "Remove field next from t",
        "Add field next to t",
    ]


def test_a_column_leaves_a_key_before_another_joins_it() -> None:
    """In between, the new one would be part of a key of two, which is not numbered."""
    words = C("word", sa.String(50), nullable=False)
    before = table("shop.t", C("word", sa.String(50), primary_key=True))
    after = table("shop.t", words, key())

    assert said(found([before], [after])) == [
        "Alter field word on t",
        "Add field id to t",
    ]
    assert said(found([after], [before])) == [
        "Remove field id from t",
        "Alter field word on t",
    ]


def test_a_renamed_table() -> None:
    """A bare table's name is its model's: asked, and keys follow."""
    before, after = [users(), posts()], [users("shop.people"), posts("people.id")]

    unanswered = found(before, after)
    renamed = found(before, after, {"rename-model:shop.users>people": True})

    assert asked(unanswered) == ["rename-model:shop.users>people"]
    assert unanswered.questions[0].text == (
        "Was the table shop.users renamed to people? (If not, users is deleted with "
        "all its rows, and people is created empty.)"
    )
    assert said(renamed) == ["Rename model users to people"]


def test_tables_that_pass_their_names_on() -> None:
    """In an order in which no key could take one table for the other."""
    one = table("shop.One", key(), name="x"), table("shop.Two", key(), name="y")
    two = table("shop.One", key(), name="y"), table("shop.Two", key(), name="z")

    detection = found([*one, posts("x.id")], [*two, posts("y.id")])

    assert said(detection) == [
        "Rename table for Two to z",
        "Rename table for One to y",
    ]


def test_a_renamed_table_whose_name_another_has_now() -> None:
    """
    Nobody can guess it, but it can be said: then the rows go along.

    An answer was heeded only where the old name was gone, so that the renamed
    table came into being empty.
    """
    mail = C("mail", sa.String(50))
    before = [users(), posts()]
    after = [
        table("shop.users", key(), C("born", sa.Date)),
        table("shop.people", key(), mail),
        posts("people.id"),
    ]

    detection = found(before, after, {"rename-model:shop.users>people": True})

    assert asked(found(before, after)) == []
    assert said(detection) == ["Rename model users to people", "Create model users"]


def test_a_key_to_a_table_that_is_another_now() -> None:
    """The name is the same before and after, the table is not."""
    before = [table("shop.One", key(), C("a", sa.Date), name="x"), posts("x.id")]
    after = [table("shop.Two", key(), C("b", sa.Text), name="x"), posts("x.id")]

    detection = found(before, after, {"rename-model:shop.One>Two": False})

    assert said(detection) == [
        "Remove constraint foreign_key(user_id -> x) from posts",
        "Delete model One",
        "Create model Two",
        "Create constraint foreign_key(user_id -> x) on posts",
    ]


def test_a_renamed_column() -> None:
    """Indexes, checks and the keys of other tables follow."""
    before = [
        table(
            "shop.users",
            key(),
            C("mail", sa.String(50)),
            sa.UniqueConstraint("mail"),
            sa.CheckConstraint("mail <> ''"),
            sa.Index("ix", "mail"),
        ),
        table("shop.posts", key(), C("m", sa.String(50)), fkey("m", "users.mail")),
    ]
    after = [
        table(
            "shop.users",
            key(),
            C("email", sa.String(50)),
            sa.UniqueConstraint("email"),
            sa.CheckConstraint("email <> ''"),
            sa.Index("ix", "email"),
        ),
        table("shop.posts", key(), C("m", sa.String(50)), fkey("m", "users.email")),
    ]

    detection = found(before, after, {"rename-field:shop.users.mail>email": True})

    assert said(detection) == ["Rename field mail on users to email"]


def test_columns_that_refer_to_one_table_are_asked_about() -> None:
    """
    What refers to the same table may be one column, whatever its name and type.

    A key that became a UUID takes the references along: neither the types nor the
    names were alike, and the column was dropped and added without a question.
    """
    before = [
        table("shop.users", C("id", sa.CHAR(32), primary_key=True)),
        table("shop.posts", key(), C("owner", sa.CHAR(32)), fkey("owner", "users.id")),
    ]
    after = [
        table("shop.users", C("id", sa.Uuid, primary_key=True)),
        table("shop.posts", key(), C("made_by", sa.Uuid), fkey("made_by", "users.id")),
    ]

    assert asked(found(before, after)) == ["rename-field:shop.posts.owner>made_by"]


def test_columns_that_refer_to_different_tables_are_different() -> None:
    """Two integers look alike, but not when they are keys of different tables."""
    others = [users(), table("shop.tags", key())]
    before = table(
        "shop.posts", key(), C("user_id", sa.Integer), fkey("user_id", "users.id")
    )
    after = table(
        "shop.posts", key(), C("tag_id", sa.Integer), fkey("tag_id", "tags.id")
    )

    assert asked(found([*others, before], [*others, after])) == []


def test_sequences() -> None:
    """Created before tables and deleted after them."""
    before, after = ProjectState(), ProjectState.of([users()])
    before.add_sequence("shop", Sequence(name="old"))
    before.add_sequence("shop", Sequence(name="same"))
    after.add_sequence("shop", Sequence(name="new"))
    after.add_sequence("shop", Sequence(name="same", arguments=(("start", 5),)))

    detection = detect(before, after)

    assert said(detection) == [
        "Create sequence new",
        "Alter sequence same",
        "Create model users",
        "Delete sequence old",
    ]
    assert applied(detection, before) == after


def test_a_model_keeps_its_vocabulary() -> None:
    """Rewriting a model in the other words is nothing that can be guessed."""
    with pytest.raises(VocabularyChanged) as caught:
        found([model("shop.users")], [users()])

    assert str(caught.value) == (
        "[DE102] a Django-style model became a SQLAlchemy model\n"
        "at: shop.users\n"
        "fix: if the table stays as it is, write a migration with "
        "SeparateDatabaseAndState whose state_operations delete the old model and "
        "create the new one"
    )


def named(convention: dict[str, str]) -> ProjectState:
    """Users and posts, whose names follow *convention*."""
    metadata = sa.MetaData(naming_convention=convention or None)
    sa.Table("users", metadata, key(), C("mail", sa.String(50), unique=True))
    sa.Table(
        "posts",
        metadata,
        key(),
        C("user_id", sa.ForeignKey("users.id")),
        sa.CheckConstraint("user_id > 0", name="counted"),
    )
    read = read_metadata(metadata, "shop")
    return ProjectState.of(read.models, read.sequences)


CONVENTION = {
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}


def test_a_naming_convention_is_renames() -> None:
    detection = detect(named({}), named(CONVENTION))

    assert said(detection) == [
        "Rename constraint counted of posts to ck_posts_counted",
        "Rename constraint foreign_key(user_id -> users) of posts to fk_posts_user_id",
        "Rename constraint unique(mail) of users to uq_users_mail",
        "Create constraint pk_posts on posts",
        "Create constraint pk_users on users",
    ]
    assert applied(detection, named({})) == named(CONVENTION)


def test_a_constraint_over_a_column_made_anew_is_not_renamed() -> None:
    def unique(name: str, *types: sa.Column[Any]) -> Any:
        return table("shop.users", key(), *types, sa.UniqueConstraint("a", name=name))

    before = [unique("old", C("a", sa.Integer))]
    after = [unique("new", C("a", sa.Integer, sa.Computed("1", persisted=True)))]

    assert said(found(before, after)) == [
        "Remove constraint old from users",
        "Remove field a from users",
        "Add field a to users",
        "Create constraint new on users",
    ]


def test_constraints_that_exchange_their_names_are_made_anew() -> None:
    def both(first: str, second: str) -> Any:
        items = [
            sa.UniqueConstraint("a", name=first),
            sa.UniqueConstraint("b", name=second),
        ]
        columns = [C("a", sa.Integer), C("b", sa.Integer)]
        return table("shop.users", key(), *columns, *items)

    detection = found([both("x", "y")], [both("y", "x")])

    assert said(detection) == [
        "Remove constraint x from users",
        "Remove constraint y from users",
        "Create constraint x on users",
        "Create constraint y on users",
    ]
