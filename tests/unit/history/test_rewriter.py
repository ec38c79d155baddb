"""Only the operations of a file change; what somebody wrote around them stays."""

from __future__ import annotations

import sys
import textwrap
from types import ModuleType

import pytest

from whimbrel.errors.history import CannotRewrite
from whimbrel.history.rewriter import rewritten
from whimbrel.migrations import Operation
from whimbrel.migrations.optimizer import optimize
from whimbrel.state.project import ProjectState

CREATE = """migrations.CreateModel(
            "Book", [("id", models.BigAutoField(primary_key=True))]
        )"""


MODULE = "app.migrations.0001_x"


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test loads as a module is none afterwards."""
    monkeypatch.setitem(sys.modules, MODULE, ModuleType(MODULE))
    monkeypatch.delitem(sys.modules, MODULE)


def file_of(*lines: str, head: str = "from whimbrel import migrations, models") -> str:
    listed = "\n".join(f"        {line}" for line in lines)
    return (
        f"{head}\n\n\nclass Migration(migrations.Migration):\n"
        f"    operations = [\n{listed}\n    ]\n    # the end\n"
    )


def loaded(text: str) -> list[Operation]:
    module = ModuleType(MODULE)
    sys.modules.setdefault(MODULE, module)
    exec(compile(text, "<file>", "exec", dont_inherit=True), vars(module))
    found: list[Operation] = module.Migration.operations
    return found


def shortened(text: str) -> str:
    """Return the text after optimizing; it has the operations that it should have."""
    given = loaded(text)
    left = optimize("app", given, ProjectState())
    assert len(left) < len(given)
    changed = rewritten(text, given, left, module=MODULE, file="f.py")
    assert len(loaded(changed)) == len(left)
    return changed


def test_comments_and_untouched_operations_stay() -> None:
    """Those of merged operations stand above what has come in their place."""
    text = file_of(
        "# first",
        f"{CREATE},  # beside",
        "# about the number",
        'migrations.AddField("Book", "n", models.IntegerField()),',
        'migrations.RunSQL( "SELECT 1" ),  # as it was: äöü',
        "# nothing follows",
    )

    assert shortened(text) == file_of(
        "# first",
        "# beside",
        "# about the number",
        "migrations.CreateModel(",
        '    name="Book",',
        "    fields=[",
        '        ("id", models.BigAutoField(primary_key=True)),',
        '        ("n", models.IntegerField()),',
        "    ],",
        "),",
        'migrations.RunSQL( "SELECT 1" ),  # as it was: äöü',
        "# nothing follows",
    )


def test_a_list_of_which_nothing_is_left() -> None:
    text = file_of(f"{CREATE},", 'migrations.DeleteModel("Book"),  # a pity')
    assert "    operations = [\n        # a pity\n    ]\n    # the end" in shortened(
        text
    )


def test_functions_of_the_file_are_called_by_their_names() -> None:
    """And imports that it lacks are added after those that it has."""
    head = "from whimbrel import migrations, models\n\n\ndef one():\n    return 1"
    default = "models.IntegerField(default=one)"
    text = file_of(
        f"{CREATE},", f'migrations.AddField("Book", "n", {default}),', head=head
    )
    assert '("n", models.IntegerField(default=one)),' in shortened(text)


def test_imports_that_the_file_lacks_are_added() -> None:
    head = textwrap.dedent(
        """
        from whimbrel import migrations
        from whimbrel.models import BigAutoField, IntegerField

        KEY = BigAutoField(primary_key=True)
        """
    ).strip()
    text = file_of(
        'migrations.CreateModel("Book", [("id", KEY)]),',
        'migrations.AddField("Book", "n", IntegerField()),',
        head=head,
    )
    changed = shortened(text)
    assert "IntegerField\nfrom whimbrel import models\n\nKEY" in changed


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param(
            file_of(f"{CREATE},").replace("operations =", "operations = [] +"),
            "no list",
            id="computed",
        ),
        pytest.param(
            file_of(f'*[{CREATE}, migrations.DeleteModel("Book")],'),
            "is computed",
            id="starred",
        ),
        pytest.param(
            file_of(
                f"{CREATE},",
                'migrations.AddField("Book", "n", models_.IntegerField()),',
                head="from whimbrel import migrations\nfrom whimbrel import models as "
                "models_\n\n\nclass models:\n    BigAutoField = models_.BigAutoField",
            ),
            "'models' means something else",
            id="a name that is taken",
        ),
    ],
)
def test_what_cannot_be_rewritten_is_left_alone(text: str, why: str) -> None:
    given = loaded(text)
    left = optimize("app", given, ProjectState())
    with pytest.raises(CannotRewrite, match=why):
        rewritten(text, given, left, module=MODULE, file="f.py")
