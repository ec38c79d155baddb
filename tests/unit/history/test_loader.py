"""Loading: which files are migrations, and what is said about those that are not."""

from __future__ import annotations

import os
import py_compile
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from history.reading import file_text, folder_of
from whimbrel.errors.base import WhimbrelError
from whimbrel.errors.history import (
    AttributeOfWrongShape,
    DuplicateMigration,
    FileNotUnderstood,
    FolderNotFound,
    MigrationClassMissing,
    SharedFolder,
)
from whimbrel.history.history import History
from whimbrel.history.loader import load
from whimbrel.history.place import Location, find_folder

Write = Callable[..., History]


@pytest.fixture
def library(tmp_path: Path) -> Write:
    """Write the files of one app and load them."""

    def write(**files: str) -> History:
        named = {f"{name.removeprefix('m')}.py": text for name, text in files.items()}
        return load({"library": folder_of(tmp_path, "library", named)})

    return write


def names(history: History) -> list[str]:
    return sorted(name for _, name in history.migrations)


def test_files_become_migrations(library: Write) -> None:
    """The name of the file is the name of the migration."""
    history = library(
        m0001_initial=file_text(initial=True),
        m0002_more=file_text(dependencies=[("library", "0001_initial")], atomic=False),
    )

    first, second = (history.migrations["library", n] for n in names(history))
    assert (first.name, first.app_label, first.initial) == (
        "0001_initial",
        "library",
        True,
    )
    assert second.atomic is False
    assert history.graph.full_plan() == (first.key, second.key)
    assert history.files[first.key].endswith("library/migrations/0001_initial.py")


def test_some_names_are_left_alone(tmp_path: Path) -> None:
    """Private files, editors' backups, folders, other kinds of files."""
    location = folder_of(
        tmp_path,
        "library",
        {
            "0001_initial.py": file_text(),
            "__init__.py": "raise Exception",
            "_shared.py": "raise Exception",
            "~0001_initial.py": "raise Exception",
            ".#0001_initial.py": "raise Exception",
            "0001_initial.py.orig": "raise Exception",
            "0001_initial.orig.py": "raise Exception",
            "README.md": "",
        },
    )
    assert location.folder is not None
    (location.folder / "0002_folder.py").mkdir()

    assert names(load({"library": location})) == ["0001_initial"]


def test_an_app_without_a_folder_has_no_migrations(tmp_path: Path) -> None:
    """Its first `makemigrations` will make the folder."""
    history = load({"library": Location(folder=tmp_path / "library" / "migrations")})

    assert history.migrations == {}
    assert history.labels == {"library"}
    assert history.leaf("library") is None
    assert history.folders["library"].path == tmp_path / "library" / "migrations"
    assert not history.folders["library"].path.exists()


def test_a_changed_file_is_loaded_again(library: Write) -> None:
    """Within one process, however soon it changed, and of the same length."""
    first = library(m0001=file_text(initial=True))
    second = library(m0001=file_text(initial=None))
    third = library(m0001=file_text(initial=None))

    assert first.migrations["library", "0001"].initial is True
    assert second.migrations["library", "0001"].initial is None
    assert type(second.migrations["library", "0001"]) is type(
        third.migrations["library", "0001"]
    )


def test_old_files_use_pythons_cache(tmp_path: Path) -> None:
    """Compiling thousands of files takes seconds."""
    location = folder_of(tmp_path, "library", {"0001.py": file_text()})
    assert location.folder is not None
    path = location.folder / "0001.py"
    load({"library": location})
    assert not (location.folder / "__pycache__").exists()

    past = time.time() - 60
    path.write_text(file_text(initial=True))
    os.utime(path, (past, past))
    history = load({"library": location})

    assert history.migrations["library", "0001"].initial is True
    assert (location.folder / "__pycache__").exists() is not sys.dont_write_bytecode


def test_compiled_files_are_loaded(tmp_path: Path) -> None:
    """Some people ship no source."""
    location = folder_of(tmp_path, "library", {"0001.py": file_text(initial=True)})
    assert location.folder is not None
    path = location.folder / "0001.py"
    py_compile.compile(str(path), cfile=str(path.with_suffix(".pyc")))
    path.unlink()

    assert load({"library": location}).migrations["library", "0001"].initial is True

    path.with_suffix(".pyc").write_bytes(b"\0\0\r\n" + bytes(20))
    with pytest.raises(FileNotUnderstood, match="another version of Python"):
        load({"library": location})


WRONG: Mapping[str, tuple[str, type[WhimbrelError], str]] = {
    "syntax": (
        "x = 1\nclass Migration(\n",
        FileNotUnderstood,
        "[HI101] the migration file cannot be loaded: '(' was never closed\n"
        "at: {file}:2\n"
        "fix: correct the file, or take it away if it is no migration (names that "
        "start with _ or ~ are left alone)",
    ),
    "import": (
        "import os\nimport whimbrel_nowhere\n",
        FileNotUnderstood,
        "[HI101] the migration file cannot be loaded: ModuleNotFoundError: No module "
        "named 'whimbrel_nowhere'\n"
        "at: {file}:2\n"
        "fix: correct the file, or take it away if it is no migration (names that "
        "start with _ or ~ are left alone)",
    ),
    "exception": (
        "def f():\n    return 1 / 0\n\nf()\n",
        FileNotUnderstood,
        "[HI101] the migration file cannot be loaded: ZeroDivisionError: division by "
        "zero\n"
        "at: {file}:2\n"
        "fix: correct the file, or take it away if it is no migration (names that "
        "start with _ or ~ are left alone)",
    ),
    "operation": (
        "from whimbrel import migrations\n\nmigrations.RunPython(5)\n",
        WhimbrelError,
        "[MI102] RunPython was given 5, which cannot be called\n"
        "at: {file}:3\n"
        "fix: give it a function of (apps, schema_editor)",
    ),
    "no class": (
        "from whimbrel.migrations import Migration\n",
        MigrationClassMissing,
        "[HI102] the file has no class called Migration\n"
        "at: {file}\n"
        "fix: write `class Migration(migrations.Migration):`, or give a file that is "
        "no migration a name that starts with _",
    ),
    "another class": (
        "class Migration: pass\n",
        MigrationClassMissing,
        "[HI102] Migration is <class 'library.migrations.0001.Migration'>, no "
        "subclass of whimbrel.migrations.Migration\n"
        "at: {file}\n"
        "fix: write `class Migration(migrations.Migration):`, or give a file that is "
        "no migration a name that starts with _",
    ),
    "one dependency": (
        file_text(dependencies=("library", "0001_initial")),
        AttributeOfWrongShape,
        "[HI103] Migration.dependencies: 'library' is no pair of app and name\n"
        "at: {file}\n"
        'fix: write ("app", "name") pairs in a list',
    ),
    "no list": (
        file_text(replaces={}),
        AttributeOfWrongShape,
        "[HI103] Migration.replaces: {{}} is no list\n"
        "at: {file}\n"
        'fix: write ("app", "name") pairs in a list',
    ),
    "operations": (
        file_text(operations=5),
        AttributeOfWrongShape,
        "[HI103] Migration.operations: 5 is no list\n"
        "at: {file}\n"
        "fix: write a list of operations, each with its arguments",
    ),
    "one operation": (
        file_text(operations=["CreateModel"]),
        AttributeOfWrongShape,
        "[HI103] Migration.operations: item 1, 'CreateModel', is no operation\n"
        "at: {file}\n"
        "fix: write a list of operations, each with its arguments",
    ),
    "flag": (
        file_text(atomic="no"),
        AttributeOfWrongShape,
        "[HI103] Migration.atomic: 'no' is no flag\n"
        "at: {file}\n"
        "fix: write True or False",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_files_are_named_with_the_line(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text is what the user sees: file, line, what is wrong, what to do."""
    source, error, text = WRONG[case]
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    location = folder_of(tmp_path, "library", {"0001.py": source})
    assert location.folder is not None

    with pytest.raises(error) as caught:
        load({"library": location})

    file = location.folder / "0001.py"
    assert str(caught.value) == text.format(file=file)


def test_a_file_with_odd_bytes_is_named(tmp_path: Path) -> None:
    """Python's own message for it has no file."""
    location = folder_of(tmp_path, "library", {})
    assert location.folder is not None
    (location.folder / "0001.py").write_bytes(b"x = '\xff'\n")

    with pytest.raises(FileNotUnderstood) as caught:
        load({"library": location})

    assert caught.value.where is not None
    assert caught.value.where.startswith(str(location.folder / "0001.py"))


def test_an_error_in_another_file_is_placed_where_it_was_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The migration file is what the user can take away."""
    (tmp_path / "broken_helper.py").write_text("x = (\n")
    monkeypatch.syspath_prepend(tmp_path)
    location = folder_of(tmp_path, "library", {"0001.py": "\n\nimport broken_helper\n"})

    with pytest.raises(FileNotUnderstood, match="never closed") as caught:
        load({"library": location})

    assert str(caught.value.where).endswith("0001.py:3")


def test_a_failed_file_leaves_no_module(tmp_path: Path) -> None:
    """The next attempt starts afresh."""
    location = folder_of(tmp_path, "library", {"0001.py": "1 / 0\n"})
    with pytest.raises(FileNotUnderstood):
        load({"library": location})

    assert "_whimbrel_migrations.library.0001" not in sys.modules

    folder_of(tmp_path, "library", {"0001.py": file_text()})
    assert names(load({"library": location})) == ["0001"]


def test_a_package_is_found_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relative imports work, and functions know where they live."""
    monkeypatch.syspath_prepend(tmp_path)
    folder_of(
        tmp_path,
        "finch",
        {
            "__init__.py": "",
            "_shared.py": "NUMBER = 5\n",
            "0001.py": "from . import _shared\nfrom ..models import NAME\n"
            + file_text("def f(apps, editor): return NAME, _shared.NUMBER\n\n"),
        },
    )
    (tmp_path / "finch" / "__init__.py").touch()
    (tmp_path / "finch" / "models.py").write_text("NAME = 'finch'\n")

    by_name = load({"finch": Location(module="finch.migrations")})
    by_folder = load({"finch": Location(folder=tmp_path / "finch" / "migrations")})

    module = sys.modules["finch.migrations.0001"]
    assert module.f(None, None) == ("finch", 5)
    assert module.f.__module__ == "finch.migrations.0001"
    assert by_name.folders == by_folder.folders


def test_a_source_folder_is_no_part_of_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise its modules would be imported twice, under two names."""
    location = folder_of(tmp_path / "src", "plover", {"0001.py": file_text()})
    monkeypatch.syspath_prepend(tmp_path / "src")
    monkeypatch.syspath_prepend(tmp_path)

    assert find_folder("plover", location).package == "plover.migrations"


def test_a_folder_that_is_no_package_can_hold_migrations(tmp_path: Path) -> None:
    """Any folder will do; its files import each other relatively."""
    location = folder_of(
        tmp_path,
        "wild place",
        {"_shared.py": "N = 5\n", "0001.py": "from ._shared import N\n" + file_text()},
    )

    folder = find_folder("library", location)

    assert folder.importable is False
    assert names(load({"library": location})) == ["0001"]


def test_a_package_in_several_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A namespace package; the same name in both is refused."""
    for part in ("one", "two"):
        monkeypatch.syspath_prepend(tmp_path / part)
    folder_of(tmp_path / "one", "heron", {"0001.py": file_text()})
    folder_of(tmp_path / "two", "heron", {"0002.py": file_text()})
    location = Location(module="heron.migrations")

    assert names(load({"heron": location})) == ["0001", "0002"]

    folder_of(tmp_path / "two", "heron", {"0001.py": file_text()})
    with pytest.raises(DuplicateMigration) as caught:
        load({"heron": location})
    files = [
        tmp_path / part / "heron" / "migrations" / "0001.py" for part in ("one", "two")
    ]
    assert str(caught.value) == (
        "[HI106] migration heron.0001 is there twice\n"
        f"at: {files[0]}, {files[1]}\n"
        "fix: rename or remove one of them"
    )


def test_a_package_that_is_not_there_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It will be made below the package above it."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "stork").mkdir()
    (tmp_path / "stork" / "__init__.py").touch()

    folder = find_folder("stork", Location(module="stork.migrations"))

    assert folder.path == tmp_path / "stork" / "migrations"


@pytest.mark.parametrize(
    ("files", "module", "text"),
    [
        ({}, "egret_nowhere.migrations", "No module named 'egret_nowhere'"),
        (
            {"egret/__init__.py": "", "egret/migrations.py": ""},
            "egret.migrations",
            "egret.migrations is a module, not a package",
        ),
        (
            {"crane/__init__.py": "1 / 0"},
            "crane.migrations",
            "importing the package above it failed: ZeroDivisionError(",
        ),
        ({}, "egretnowhere", "there is no package of that name"),
    ],
)
def test_a_wrong_place_is_explained(
    files: Mapping[str, str],
    module: str,
    text: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The configuration has a typing error, or the package is broken."""
    monkeypatch.syspath_prepend(tmp_path)
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)

    with pytest.raises(FolderNotFound) as caught:
        load({"egret": Location(module=module)})

    assert caught.value.what.startswith(
        f"the migrations of app 'egret' cannot be found: {text}"
    )
    assert caught.value.fix == "correct `migrations` of the app in the configuration"


def test_a_file_in_the_place_of_the_folder_is_explained(tmp_path: Path) -> None:
    """Not an error of the operating system."""
    (tmp_path / "migrations").touch()

    with pytest.raises(FolderNotFound, match="there is a file of that name"):
        load({"library": Location(folder=tmp_path / "migrations")})


def test_two_apps_cannot_share_a_folder(tmp_path: Path) -> None:
    """Every migration would be there twice."""
    location = folder_of(tmp_path, "library", {"0001.py": file_text()})

    with pytest.raises(SharedFolder) as caught:
        load({"library": location, "shop": location})

    assert str(caught.value) == (
        "[HI105] apps with one migrations folder: library, shop\n"
        f"at: {location.folder}\n"
        "fix: give each app a folder of its own"
    )


def test_loading_does_not_share_lists(library: Write) -> None:
    """A list of the class belongs to the class."""
    migration = library(m0001=file_text(operations=[])).migrations["library", "0001"]

    assert isinstance(migration.operations, list)
    assert migration.operations is not type(migration).operations
