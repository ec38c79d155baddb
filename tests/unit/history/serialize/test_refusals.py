"""What cannot be written: the message names the value, its type, and a way out."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator
from typing import Any

import pytest

from history.reading import read_back, source
from history.serialize import shapes
from whimbrel import migrations, models
from whimbrel.errors.history import CannotWrite, SerializerOfWrongShape
from whimbrel.history.serialize import register, serialize, unregister


def refusal(value: Any) -> str:
    with pytest.raises(CannotWrite) as caught:
        serialize(value)
    return str(caught.value)


def test_a_lambda_has_no_name() -> None:
    """The commonest mistake in a default."""
    text = refusal(eval("lambda: 1"))

    assert text.startswith("[HI130] cannot write <function <lambda> at 0x")
    assert text.endswith(
        "> (of type function) into a migration file: a lambda has no name\n"
        "fix: define a function in a module and use it"
    )


def test_a_local_function_cannot_be_imported() -> None:
    """Its name leads nowhere."""
    text = refusal(shapes.local())

    assert "it is defined inside a function" in text
    assert "fix: move it to the top level of its module" in text


def test_a_method_of_an_instance_has_no_name() -> None:
    """The instance would have to be written, too."""
    assert "it is a method of an instance" in refusal(shapes.Outer().use)
    assert "it is a method of an instance" in refusal(random.Random(1).random)


def test_a_name_that_means_something_else_is_refused() -> None:
    """Writing it would silently use another function."""
    text = refusal(shapes.hidden)

    assert "history.serialize.shapes.now is something else" in text


def test_a_local_class_cannot_be_imported() -> None:
    """The same holds for members and instances of it."""

    class Local:
        pass

    assert (
        "there is no 'test_a_local_class_cannot_be_imported.<locals>.Local'"
        in refusal(Local)
    )


def test_an_unknown_object_says_what_could_help() -> None:
    """The whole text, since people act on it."""
    assert refusal(shapes.Opaque()) == (
        "[HI130] cannot write <opaque> (of type history.serialize.shapes.Opaque) "
        "into a migration file: nothing is known about how it is made\n"
        "fix: decorate its class with whimbrel.models.deconstructible, register a "
        "serializer, or use a function that makes the value"
    )


def test_a_refusal_inside_a_collection_is_the_same() -> None:
    """The value to be changed is the inner one."""
    assert "<opaque>" in refusal({"a": [1, (shapes.Opaque(),)]})
    assert "<opaque>" in refusal(functools.partial(shapes.now, shapes.Opaque()))


def test_a_refusal_says_which_argument_of_which_operation() -> None:
    """A migration may have a hundred operations."""
    field = models.CharField(max_length=5, default=shapes.Opaque())

    with pytest.raises(CannotWrite) as caught:
        serialize(migrations.AddField("Book", "title", field))

    assert caught.value.where == "argument 'field' of: Add field title to Book"


@pytest.fixture
def opaque_serializer() -> Iterator[None]:
    """Serialize `Opaque` by a function of one's own."""
    register(
        shapes.Opaque,
        lambda value: (f"{shapes.__name__}.Opaque()", {f"import {shapes.__name__}"}),
    )
    yield
    unregister(shapes.Opaque)


@pytest.mark.usefixtures("opaque_serializer")
def test_users_can_register_a_serializer() -> None:
    """For classes that they cannot change."""

    class Deeper(shapes.Opaque):
        pass

    assert source([shapes.Opaque()]) == "[history.serialize.shapes.Opaque()]"
    assert source(Deeper()) == "history.serialize.shapes.Opaque()"
    assert isinstance(read_back(shapes.Opaque()), shapes.Opaque)


def test_an_unregistered_serializer_is_forgotten() -> None:
    """Tests and plugins can clean up."""
    register([shapes.Opaque, shapes.Outer], lambda value: ("1", ()))
    unregister([shapes.Opaque, shapes.Outer])

    assert "<opaque>" in refusal(shapes.Opaque())


def test_a_registered_serializer_comes_first() -> None:
    """Users may write a known type differently."""
    register(set, lambda value: (f"set({sorted(value)})", ()))
    try:
        assert source({2, 1}) == "set([1, 2])"
    finally:
        unregister(set)


@pytest.mark.parametrize(
    "answer", [("1 +", ()), ("1", ("import",)), ("1", (5,))], ids=str
)
def test_a_serializer_that_returns_no_source_is_named(answer: Any) -> None:
    """A half-written file would be found much later."""
    register(shapes.Opaque, lambda value: answer)
    try:
        with pytest.raises(SerializerOfWrongShape, match="which is no source"):
            serialize(shapes.Opaque())
    finally:
        unregister(shapes.Opaque)


def test_a_serializer_must_be_callable() -> None:
    """Found where it is registered, not where it is used."""
    with pytest.raises(SerializerOfWrongShape) as caught:
        register(shapes.Opaque, "no function")  # type: ignore[arg-type]

    assert str(caught.value) == (
        "[HI131] the serializer 'no function' cannot be called\n"
        "fix: register a function that takes a value and returns source text and a "
        "set of import statements"
    )
