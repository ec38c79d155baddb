"""Made-up names are Django's; every vector was observed on Django 5.2."""

from __future__ import annotations

import pytest

from whimbrel.errors.models import BadIndex
from whimbrel.models import names

LONG = "inventory_verylongtablename_for_testing"


@pytest.mark.parametrize(
    ("limit", "table", "columns", "suffix", "expected"),
    [
        (63, "app_author", ["name"], "", "app_author_name_913eb4ae"),
        (200, "app_author", ["name", "n"], "_uniq", "app_author_name_n_6847e0c4_uniq"),
        (
            63,
            LONG,
            ["first_column_name", "second_column_name"],
            "_uniq",
            "inventory_verylongtablen_first_column_name_second_828b14fe_uniq",
        ),
        (
            63,
            "9table_with_a_leading_digit_and_long_name_indeed_yes",
            ["another_long_column_name"],
            "",
            "D9table_with_a_leading_digi_another_long_column_name_36cbf02",
        ),
        (30, "app_author", ["name", "n"], "_uniq", "app_autho_name_n_6847e0c4_u"),
    ],
)
def test_an_automatic_name_is_djangos(
    limit: int, table: str, columns: list[str], suffix: str, expected: str
) -> None:
    assert names.automatic_name(table, columns, suffix, limit=limit) == expected


@pytest.mark.parametrize(
    ("table", "column", "target", "expected"),
    [
        (
            "app_book",
            "author_id",
            ("app_author", "id"),
            "app_book_author_id_980d3e25_fk_app_author_id",
        ),
        (
            LONG,
            "some_really_long_column_id",
            ("inventory_othertable_with_long_name", "id"),
            "inventory_verylongta_some_really_long_col_aac3f182_fk_inventory",
        ),
    ],
)
def test_a_foreign_key_is_named_after_both_ends(
    table: str, column: str, target: tuple[str, str], expected: str
) -> None:
    assert names.foreign_key_name(table, column, *target, limit=63) == expected


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (["title"], "model_index_title_196f42_idx"),
        (["author"], "model_index_author_0f5565_idx"),
        (["-author"], "model_index_author_708765_idx"),
        (["title", "-author"], "model_index_title_30a6af_idx"),
    ],
)
def test_an_unnamed_index_gets_djangos_name(columns: list[str], expected: str) -> None:
    assert names.generated_index_name("model_indexes_book", columns) == expected


def test_a_generated_index_name_never_starts_with_a_digit() -> None:
    """Some databases refuse it; Django replaces the first letter."""
    assert names.generated_index_name("9lives", ["a"]).startswith("Dlives_a_")


def test_a_suffix_too_long_is_refused() -> None:
    with pytest.raises(BadIndex) as caught:
        names.generated_index_name("a" * 11, ["b" * 7], "suffix")

    assert str(caught.value).startswith("[MO114] Index: the suffix 'suffix' makes")


@pytest.mark.parametrize(
    ("name", "limit", "expected"),
    [
        ("short", 63, "short"),
        (f"{'a' * 40}_{'b' * 40}", 63, f"{'a' * 40}_{'b' * 18}974b"),
        (f"{LONG}_m2mfield", 30, "inventory_verylongtablenam3747"),
    ],
)
def test_long_names_end_in_a_hash(name: str, limit: int, expected: str) -> None:
    assert names.truncate_name(name, limit) == expected


@pytest.mark.parametrize(
    ("db_table", "expected"),
    [
        ("book", (None, "book")),
        ('"Book"', (None, "Book")),
        ('"shelf"."book"', ("shelf", "book")),
        ('shelf"."book', ("shelf", "book")),
    ],
)
def test_a_table_name_may_be_quoted_and_have_a_schema(
    db_table: str, expected: tuple[str | None, str]
) -> None:
    assert names.split_table(db_table) == expected


def test_keys_of_a_table_between_are_named_after_the_models() -> None:
    """Both ends of a relation to itself need different names."""
    assert names.many_to_many_columns("Book", "Tag", same=False) == ("book", "tag")
    assert names.many_to_many_columns("Tag", "Tag", same=True) == ("from_tag", "to_tag")
