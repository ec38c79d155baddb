"""The pages on models and queries name all that there is."""

from __future__ import annotations

import re

import pytest

from docs.pages import page
from whimbrel import models
from whimbrel.models import functions, postgresql
from whimbrel.models.conditions import LOOKUPS, TRANSFORMS
from whimbrel.models.fields.base import Field
from whimbrel.models.manager import Manager
from whimbrel.models.options import META_OPTIONS
from whimbrel.models.queryset import QuerySet
from whimbrel.models.related import RelatedManager

FIELDS = sorted(
    name
    for name in models.__all__
    if isinstance(getattr(models, name), type)
    and issubclass(getattr(models, name), Field)
    and name not in {"Field", "OrderWrt"}
)
"""OrderWrt is made by ``order_with_respect_to`` and never written."""


def public_methods(cls: type) -> list[str]:
    return [
        name
        for name, value in vars(cls).items()
        if name[0] != "_" and callable(value) and not isinstance(value, type)
    ]


def mentioned(text: str) -> set[str]:
    """Return the words that stand in code."""
    return set(re.findall(r"\w+", " ".join(re.findall(r"`[^`\n]+`", text))))


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_class_and_its_own_options_are_described(name: str) -> None:
    """Each has a row of a table, with the options that only it has."""
    text = page("models.md").prose
    cls = getattr(models, name)
    row = re.search(rf"^\| `{name}`.*$", text, flags=re.MULTILINE)
    assert row is not None
    own = set(vars(cls).get("OPTIONS", {})) - set(Field.OPTIONS)
    assert own <= mentioned(text)


def test_every_common_option_has_a_row() -> None:
    """What `Field` itself takes."""
    text = page("models.md").prose
    for option in (*Field.OPTIONS, "renamed_from"):
        assert re.search(rf"^\|.*`{option}`", text, flags=re.MULTILINE), option


def test_every_meta_option_has_a_row() -> None:
    """`class Meta` takes no others."""
    text = page("models.md").prose
    for option in META_OPTIONS:
        assert re.search(rf"^\|.*`{option}`", text, flags=re.MULTILINE), option


def test_every_public_name_is_mentioned() -> None:
    """Of `whimbrel.models`, its functions and PostgreSQL's kinds."""
    words = mentioned(page("models.md").prose) | mentioned(page("queries.md").prose)
    names = {*models.__all__, *functions.__all__, *postgresql.__all__}
    assert names - {"OrderWrt", "apps", "functions"} <= words


def test_the_query_interface_is_described_method_by_method() -> None:
    """Queries, managers and related managers."""
    words = mentioned(page("queries.md").prose)
    for cls in (QuerySet, Manager, RelatedManager):
        assert set(public_methods(cls)) - {"deconstruct"} <= words, cls


def test_every_lookup_and_transform_is_described() -> None:
    """``field__lookup=value`` takes no others."""
    assert {*LOOKUPS, *TRANSFORMS} <= mentioned(page("queries.md").prose)
