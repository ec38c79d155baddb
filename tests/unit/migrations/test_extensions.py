"""Extensions in the state: what each app says, and what follows for all."""

from __future__ import annotations

import pytest

from whimbrel import migrations
from whimbrel.errors.migrations import WrongArgument
from whimbrel.errors.state import ExtensionNotInState, ExtensionsDisagree
from whimbrel.history.serialize import serialize
from whimbrel.history.source.imports import imports_text, spelling
from whimbrel.history.source.layout import layout
from whimbrel.migrations import (
    AlterExtension,
    CITextExtension,
    CreateExtension,
    DeleteExtension,
    Operation,
)
from whimbrel.state.extensions import Extension, united
from whimbrel.state.project import ProjectState

SHORTHANDS = {
    "BloomExtension": "bloom",
    "BtreeGinExtension": "btree_gin",
    "BtreeGistExtension": "btree_gist",
    "CITextExtension": "citext",
    "CryptoExtension": "pgcrypto",
    "HStoreExtension": "hstore",
    "TrigramExtension": "pg_trgm",
    "UnaccentExtension": "unaccent",
}


def after(*steps: tuple[str, Operation]) -> ProjectState:
    state = ProjectState()
    for app, operation in steps:
        operation.state_forwards(app, state)
    return state


def test_each_app_has_its_own_say() -> None:
    one, other = CreateExtension("citext"), CreateExtension("citext", schema="x")

    state = after(("a", one), ("b", other))

    assert state.extensions == {
        ("a", "citext"): Extension(name="citext"),
        ("b", "citext"): Extension(name="citext", schema="x"),
    }
    assert united(state.extensions) == {"citext": Extension(name="citext", schema="x")}
    assert state == after(("b", other), ("a", one))


def test_a_state_without_the_extension_is_another_one() -> None:
    state = after(("a", CreateExtension("citext")))
    copy = state.clone()

    DeleteExtension("citext").state_forwards("a", copy)

    assert copy == ProjectState()
    assert copy != state


def test_what_changes_changes_for_all_apps() -> None:
    state = after(
        ("a", CreateExtension("citext", version="1.5")),
        ("b", CreateExtension("citext", schema="x")),
        ("b", CreateExtension("hstore")),
        ("a", AlterExtension("citext", version="1.6")),
    )

    assert state.extensions["b", "citext"] == Extension(
        name="citext", schema="x", version="1.6"
    )
    assert state.extensions["b", "hstore"] == Extension(name="hstore")


def test_who_keeps_it_keeps_it_as_it_is() -> None:
    """The one that said where it is lets go, and it does not move."""
    state = after(
        ("a", CreateExtension("citext", schema="x")),
        ("b", CreateExtension("citext")),
        ("a", DeleteExtension("citext")),
    )

    assert state.extensions == {
        ("b", "citext"): Extension(name="citext", schema="x"),
    }


def test_who_keeps_it_keeps_its_place() -> None:
    """What was created after it may need it."""
    state = after(
        ("a", CreateExtension("cube")),
        ("a", CreateExtension("earthdistance")),
        ("b", CreateExtension("cube")),
        ("a", DeleteExtension("cube")),
    )

    assert list(united(state.extensions)) == ["cube", "earthdistance"]


@pytest.mark.parametrize(
    ("operation", "problem"),
    [
        pytest.param(CreateExtension("citext"), "has been created", id="created"),
        pytest.param(
            AlterExtension("hstore", schema="x"), "is not there", id="altered"
        ),
        pytest.param(DeleteExtension("hstore"), "is not there", id="deleted"),
    ],
)
def test_an_app_speaks_of_its_own(operation: Operation, problem: str) -> None:
    state = after(("a", CreateExtension("citext")), ("b", CreateExtension("hstore")))

    with pytest.raises(ExtensionNotInState, match=problem):
        operation.state_forwards("a", state)


def test_two_apps_that_disagree() -> None:
    state = after(("a", CreateExtension("citext", schema="x")))

    with pytest.raises(ExtensionsDisagree) as caught:
        CreateExtension("citext", schema="y").state_forwards("b", state)

    assert str(caught.value) == (
        "[ST108] app 'b' wants extension 'citext' with schema='y', app 'a' has it with "
        "schema='x'; a database has an extension once\n"
        "fix: leave schema out in one of the two, or change it for all apps with "
        "AlterExtension"
    )


@pytest.mark.parametrize(("operation", "name"), SHORTHANDS.items())
def test_the_names_that_djangos_users_know(operation: str, name: str) -> None:
    made = getattr(migrations, operation)(schema="x")

    assert made.name == name
    assert made.deconstruct() == (operation, (), {"schema": "x"})
    assert after(("a", made)) == after(("a", CreateExtension(name, schema="x")))


@pytest.mark.parametrize(
    ("operation", "said", "fragment"),
    [
        (
            CreateExtension("uuid-ossp"),
            "+ Create extension uuid-ossp",
            "create_extension_uuid_ossp",
        ),
        (
            CITextExtension(),
            "+ Create extension citext",
            "create_extension_citext",
        ),
        (
            AlterExtension("citext", version="1.6"),
            "~ Alter extension citext",
            "alter_extension_citext",
        ),
        (
            DeleteExtension("citext"),
            "- Delete extension citext",
            "delete_extension_citext",
        ),
    ],
)
def test_how_they_are_listed(operation: Operation, said: str, fragment: str) -> None:
    assert operation.formatted_description() == said
    assert operation.migration_name_fragment == fragment
    assert operation.derives_ddl
    assert operation.reversible


def test_an_alteration_says_what_changes() -> None:
    with pytest.raises(WrongArgument, match="changes nothing"):
        AlterExtension("citext")


def test_branches_that_touch_one_extension_do_not_commute() -> None:
    state = after(("a", CreateExtension("citext")))
    one = AlterExtension("citext", version="1.6").effects("a", state, state)
    other = DeleteExtension("citext").effects("a", state, state)
    apart = CreateExtension("hstore").effects("a", state, state)

    assert not one.commutes(other)
    assert one.commutes(apart)


@pytest.mark.parametrize(
    "operation",
    [
        CITextExtension(),
        CITextExtension(schema="x", version="1.6"),
        CreateExtension("uuid-ossp"),
        AlterExtension("citext", version="1.6"),
        DeleteExtension("citext"),
    ],
    ids=repr,
)
def test_what_is_written_is_read_again(operation: Operation) -> None:
    expression = serialize(operation)
    names: dict[str, object] = {}
    exec(imports_text([expression]), names)

    assert eval(layout(expression, spelling), names) == operation
