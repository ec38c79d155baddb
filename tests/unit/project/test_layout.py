"""Where migrations go."""

from __future__ import annotations

from pathlib import Path

import pytest

from whimbrel.errors.project import ModelsNotFound
from whimbrel.project.config import Config, make_app
from whimbrel.project.layout import migrations_folder


@pytest.mark.parametrize(
    ("there", "app", "folder"),
    [
        pytest.param("shop", "shop", "shop/migrations", id="a package"),
        pytest.param(
            "shop/orders", "shop.orders", "shop/orders/migrations", id="an inner one"
        ),
        pytest.param("src/shop", "shop", "src/shop/migrations", id="below src"),
        pytest.param(
            "shop",
            {"models": "shop.db:Base", "migrations": "db/history"},
            "db/history",
            id="a folder of its own",
        ),
        pytest.param(
            "shop",
            {"models": "shop.db:Base"},
            "shop/migrations",
            id="a module's package",
        ),
        pytest.param(".", {"models": "app:Base"}, "migrations", id="a single file"),
    ],
)
def test_migrations_are_beside_the_models(
    tmp_path: Path, there: str, app: object, folder: str
) -> None:
    """Relative to the configuration."""
    (tmp_path / there).mkdir(parents=True, exist_ok=True)
    config = Config(folder=tmp_path)

    assert migrations_folder(config, make_app("shop", app)) == tmp_path / folder


def test_an_installed_package_is_found() -> None:
    """It need not be below the configuration's folder."""
    config = Config(folder=Path("/nowhere"))

    folder = migrations_folder(config, make_app("unit", "unittest"))

    assert folder.parent.name == "unittest"


@pytest.mark.parametrize(
    ("files", "text"),
    [
        pytest.param(
            [],
            "[PR112] app 'shop' names the package 'nowhere.shop', which is not there\n"
            "at: {folder}\n"
            "fix: correct the name, or make the folder nowhere/shop",
            id="missing",
        ),
        pytest.param(
            ["nowhere/shop.py"],
            "[PR112] app 'shop' names 'nowhere.shop', which is a module and no "
            "package\n"
            "at: {folder}\n"
            'fix: write shop = {{ models = "nowhere.shop", '
            'migrations = "nowhere/migrations" }}',
            id="a module",
        ),
    ],
)
def test_a_package_that_is_none_says_what_to_write(
    tmp_path: Path, files: list[str], text: str
) -> None:
    """PR112."""
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()

    with pytest.raises(ModelsNotFound) as caught:
        migrations_folder(Config(folder=tmp_path), make_app("shop", "nowhere.shop"))

    assert str(caught.value) == text.format(folder=tmp_path)
