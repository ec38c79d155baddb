"""The configuration's form, and what is said when it is not kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from whimbrel.errors.base import WhimbrelError
from whimbrel.errors.project import (
    ConfigurationInvalid,
    ConfigurationNotFound,
    UnknownApp,
    UnknownDatabase,
    UnknownSetting,
)
from whimbrel.project.config import find_config, load_config


def written(folder: Path, text: str, name: str = "whimbrel.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_an_empty_configuration_has_the_defaults(tmp_path: Path) -> None:
    """Nothing but apps must be written."""
    config = load_config(written(tmp_path, ""))

    assert config.history_table == "whimbrel_migrations"
    assert config.default_auto_field == "BigAutoField"
    assert config.database("default").url == "sqlite:///db.sqlite3"
    assert config.apps == {}
    assert config.folder == tmp_path


def test_pyproject_holds_the_same_keys_under_tool_whimbrel(tmp_path: Path) -> None:
    """The form of DESIGN.md §3, word for word."""
    file = written(
        tmp_path,
        """
        [tool.whimbrel]
        history_table = "django_migrations"
        [tool.whimbrel.databases.default]
        url = "env:DATABASE_URL"
        [tool.whimbrel.apps]
        library = "library"
        shop = { models = "shop.db:Base", migrations = "shop/migrations" }
        """,
        "pyproject.toml",
    )

    config = load_config(file)

    assert config.history_table == "django_migrations"
    assert config.database("default").url == "env:DATABASE_URL"
    assert config.app("library").models == ("library.models",)
    assert config.app("library").package == "library"
    assert config.app("shop").models == ("shop.db:Base",)
    assert config.app("shop").migrations == "shop/migrations"


def test_models_may_be_spread_over_modules(tmp_path: Path) -> None:
    """A base's home does not import every module that uses it."""
    file = written(
        tmp_path,
        '[apps]\nshop = { models = ["shop.db:Base", "shop.orders"], migrations = "m" }',
    )

    assert load_config(file).app("shop").models == ("shop.db:Base", "shop.orders")


def test_the_search_goes_upwards_and_passes_what_is_not_ours(tmp_path: Path) -> None:
    """A pyproject.toml without [tool.whimbrel] does not end the search."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    written(inner, "[tool.ruff]\n", "pyproject.toml")
    file = written(tmp_path, "[tool.whimbrel]\n", "pyproject.toml")

    assert find_config(inner) == file


def test_the_file_of_its_own_wins(tmp_path: Path) -> None:
    """A folder that has both means whimbrel.toml."""
    written(tmp_path, "[tool.whimbrel]\n", "pyproject.toml")
    own = written(tmp_path, "")

    assert find_config(tmp_path) == own


def test_no_configuration_says_how_to_make_one(tmp_path: Path) -> None:
    """The text is part of the contract."""
    with pytest.raises(ConfigurationNotFound) as caught:
        find_config(tmp_path)

    assert str(caught.value) == (
        "[PR101] no configuration found\n"
        f"at: {tmp_path} and the folders above it\n"
        "fix: run `whimbrel init` in the project's folder, or name a file "
        "with --config"
    )


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        pytest.param(
            "histroy_table = 'x'",
            "unknown setting 'histroy_table'",
            "did you mean 'history_table'?",
            id="misspelt key",
        ),
        pytest.param(
            "[databases.default]\nuri = 'x'",
            "unknown setting 'uri' in [databases.default]",
            "did you mean 'url'?",
            id="misspelt key of a database",
        ),
        pytest.param(
            "[apps]\nshop = { model = 'x' }",
            "unknown setting 'model' in [apps.shop]",
            "did you mean 'models'?",
            id="misspelt key of an app",
        ),
    ],
)
def test_an_unknown_key_names_its_neighbour(
    tmp_path: Path, text: str, what: str, fix: str
) -> None:
    """PR103: a typing mistake is not silently a default."""
    with pytest.raises(UnknownSetting) as caught:
        load_config(written(tmp_path, text))

    assert (caught.value.what, caught.value.fix) == (what, fix)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param(
            "apps = 3", "[apps] must be a table of apps", id="apps is a number"
        ),
        pytest.param(
            "databases = 'x'",
            "[databases] must be a table of databases",
            id="databases is a text",
        ),
        pytest.param(
            "[databases]\ndefault = 'sqlite://'",
            "databases.default must be a table",
            id="a URL where a table belongs",
        ),
        pytest.param(
            "history_table = 3",
            "history_table must be a string, not 3",
            id="a number for a name",
        ),
        pytest.param(
            "[apps]\n'my-app' = 'x'",
            "the app label 'my-app' is not a Python identifier",
            id="a label with a dash",
        ),
        pytest.param(
            "[apps]\nshop = 'src/shop'",
            "apps.shop: 'src/shop' is not a dotted Python name",
            id="a path for a package",
        ),
        pytest.param(
            "[apps]\nshop = {}",
            "apps.shop does not say where its models are",
            id="no models",
        ),
        pytest.param(
            "[apps]\nshop = 5",
            "apps.shop must be a package or a table, not 5",
            id="a number for an app",
        ),
        pytest.param(
            "x = = 1",
            "the file is not valid TOML: Invalid value (at line 1, column 5)",
            id="broken TOML",
        ),
    ],
)
def test_a_wrong_value_names_the_key_and_the_file(
    tmp_path: Path, text: str, what: str
) -> None:
    """PR102: what, and in which file."""
    file = written(tmp_path, text)

    with pytest.raises(ConfigurationInvalid) as caught:
        load_config(file)

    assert (caught.value.what, caught.value.where) == (what, str(file))
    assert caught.value.fix


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    """--config never falls back to a search."""
    with pytest.raises(ConfigurationInvalid) as caught:
        load_config(tmp_path / "nowhere.toml")

    assert caught.value.what == "there is no configuration"


@pytest.mark.parametrize(
    ("ask", "error", "text"),
    [
        pytest.param(
            lambda config: config.database("defautl"),
            UnknownDatabase,
            "[PR105] no database is called 'defautl'\nfix: did you mean 'default'?",
            id="database",
        ),
        pytest.param(
            lambda config: config.app("libary"),
            UnknownApp,
            "[PR106] no app is called 'libary'\nfix: did you mean 'library'?",
            id="app",
        ),
        pytest.param(
            lambda config: config.app("contrib.library"),
            UnknownApp,
            "[PR106] no app is called 'contrib.library'\nfix: did you mean 'library'?",
            id="dotted path of an app",
        ),
    ],
)
def test_unknown_names_have_their_neighbour(
    tmp_path: Path, ask: object, error: type[WhimbrelError], text: str
) -> None:
    """PR105, PR106."""
    config = load_config(written(tmp_path, '[apps]\nlibrary = "library"'))

    with pytest.raises(error) as caught:
        ask(config)  # type: ignore[operator]

    assert str(caught.value) == text
