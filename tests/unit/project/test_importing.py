"""Importing a user's models, and telling what went wrong in which of their lines."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from whimbrel.errors.project import ModelsNotFound, ModelsNotImportable
from whimbrel.project.config import Config, make_app
from whimbrel.project.importing import import_sources

PACKAGE = "imported_by_a_test"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    """A project with one package; nothing of it is left in the process."""
    (tmp_path / PACKAGE).mkdir()
    (tmp_path / PACKAGE / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    yield Config(folder=tmp_path)
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[name]


def write(config: Config, text: str) -> Path:
    file = config.folder / PACKAGE / "models.py"
    file.write_text(text)
    return file


def test_a_module_stands_for_itself_without_an_attribute(config: Config) -> None:
    """A package names its models module."""
    write(config, "Base = 1\n")

    ((module, value),) = import_sources(config, make_app("shop", PACKAGE))

    assert value is module


def test_an_attribute_may_be_deep(config: Config) -> None:
    """module:attribute.of.it"""
    write(config, "class db:\n    class inner:\n        metadata = 5\n")
    app = make_app("shop", {"models": f"{PACKAGE}.models:db.inner.metadata"})

    ((_, value),) = import_sources(config, app)

    assert value == 5


def test_what_a_module_prints_is_no_result(
    config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    """stdout belongs to the command."""
    write(config, "print('loaded')\n")

    import_sources(config, make_app("shop", PACKAGE))

    assert capsys.readouterr() == ("", "loaded\n")


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        pytest.param(
            "\nimport nothere\n",
            "ModuleNotFoundError: No module named 'nothere'",
            2,
            id="missing module",
        ),
        pytest.param(
            "x = 1\ny = z\n", "NameError: name 'z' is not defined", 2, id="name"
        ),
        pytest.param("def f(:\n", "SyntaxError: invalid syntax", 1, id="syntax"),
        pytest.param("raise SystemExit(3)\n", "SystemExit: 3", 1, id="leaves"),
        pytest.param("raise ValueError\n", "ValueError", 1, id="no message"),
    ],
)
def test_a_module_that_raises_names_the_users_line(
    config: Config, text: str, problem: str, line: int
) -> None:
    """PR111."""
    write(config, text)

    with pytest.raises(ModelsNotImportable) as caught:
        import_sources(config, make_app("shop", PACKAGE))

    assert str(caught.value) == (
        f"[PR111] the models of app 'shop' cannot be imported: {problem}\n"
        f"at: {PACKAGE}/models.py, line {line}\n"
        f"fix: make `python -c 'import {PACKAGE}.models'` work, then run this again"
    )


def test_a_missing_module_is_the_configurations_mistake(config: Config) -> None:
    """PR112."""
    with pytest.raises(ModelsNotFound) as caught:
        import_sources(config, make_app("shop", PACKAGE))

    assert str(caught.value) == (
        f"[PR112] app 'shop' names the module '{PACKAGE}.models', but there is no "
        f"'{PACKAGE}.models'\n"
        f"at: {config.folder}\n"
        f"fix: make {PACKAGE}/models.py, or correct [tool.whimbrel.apps]"
    )


def test_a_missing_attribute_has_its_neighbour(config: Config) -> None:
    """PR112."""
    file = write(config, "Base = 1\n")

    with pytest.raises(ModelsNotFound) as caught:
        import_sources(config, make_app("shop", {"models": f"{PACKAGE}.models:Bass"}))

    assert str(caught.value) == (
        f"[PR112] app 'shop' names '{PACKAGE}.models:Bass', but there is no 'Bass'\n"
        f"at: {file}\n"
        "fix: did you mean 'Base'?"
    )
