"""
The imports of a migration file, and how names are spelled because of them.

Place: `history.source`, above `expression`.

Invariants: sorted as `ruff`'s isort rules sort; no import binds a name that
another one binds to something else.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from keyword import iskeyword

from whimbrel.history.source.expression import Expression, Reference, Text, walk

DIALECTS = "sqlalchemy.dialects"
SQLALCHEMY = ("sqlalchemy", "sqlalchemy.types", "sqlalchemy.sql")
"""What ``import sqlalchemy`` gives, with everything below the last of them."""

FROM_IMPORTS = {
    "whimbrel.migrations": ("whimbrel", "migrations"),
    "whimbrel.models": ("whimbrel", "models"),
    "whimbrel.models.functions": ("whimbrel.models", "functions"),
    "whimbrel.models.validators": ("whimbrel.models", "validators"),
}
"""Modules that are imported from their package and called by their own name."""

BOUND = frozenset(
    {"Decimal", "Migration", "import_module", "sa"}
    | {name for _, name in FROM_IMPORTS.values()}
    | {"mssql", "mysql", "oracle", "postgresql", "sqlite"}
)
"""Names that mean something else in a migration file than a module of that name."""

EXTERNAL = frozenset({"sqlalchemy", "whimbrel"})


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """
    One import.

    Args:
        module: What is imported, or imported from.

        name: What is imported from it; empty for the module itself.

        alias: What it is called here, if not as it is.
    """

    module: str
    name: str = ""
    alias: str = ""


def spelling(reference: Reference) -> str:
    """Return how *reference* is written in a migration file."""
    return _use(reference)[1]


def import_of(reference: Reference) -> Import | None:
    """Return the import that `spelling` counts on; None for a built-in name."""
    return _use(reference)[0]


def _use(reference: Reference) -> tuple[Import | None, str]:
    module, name = reference.module, reference.name
    dotted = f"{module}.{name}" if name else module
    if module == "builtins":
        return None, name
    if module in FROM_IMPORTS:
        package, own = FROM_IMPORTS[module]
        return Import(package, own), f"{own}.{name}" if name else own
    if dotted == "decimal.Decimal":
        return Import("decimal", "Decimal"), "Decimal"
    if module.startswith(f"{DIALECTS}."):
        below = dotted.removeprefix(f"{DIALECTS}.")
        return Import(DIALECTS, below.partition(".")[0]), below
    if module in SQLALCHEMY or module.startswith("sqlalchemy.sql."):
        return Import("sqlalchemy", alias="sa"), dotted.replace("sqlalchemy", "sa", 1)
    if not is_importable(module):
        own = "_" + module.rpartition(".")[2]
        return Import("importlib", "import_module"), f"{own}.{name}"
    top = module.partition(".")[0]
    if top in BOUND:
        own = "_" + module.replace(".", "_")
        return Import(module, alias=own), f"{own}.{name}" if name else own
    return Import(module), dotted


def is_importable(module: str) -> bool:
    """Tell whether an import statement can name *module*."""
    parts = module.split(".")
    return all(part.isidentifier() and not iskeyword(part) for part in parts)


def imports_text(
    expressions: Iterable[Expression],
    *,
    always: Iterable[Import] = (),
    first_party: Collection[str] = (),
) -> str:
    """
    Return the import lines that *expressions* need, with an end of line each.

    Args:
        always: Imports that are there in any case.

        first_party: Top-level packages of the project, which come last.
    """
    nodes = [node for expression in expressions for node in walk(expression)]
    references = [node for node in nodes if isinstance(node, Reference)]
    imports = {*always, *(i for r in references if (i := import_of(r)) is not None)}
    for node in nodes:
        if isinstance(node, Text):
            for statement in node.imports:
                imports |= parsed(statement)
    sections: list[list[str]] = [[], [], []]
    for line, section in _lines(imports, first_party):
        sections[section].append(line)
    text = "\n".join(
        "".join(f"{line}\n" for line in lines) for lines in sections if lines
    )
    loaded = sorted({r.module for r in references if not is_importable(r.module)})
    calls = [f'_{m.rpartition(".")[2]} = import_module("{m}")\n' for m in loaded]
    return text + ("\n" + "".join(calls) if calls else "")


def parsed(statement: str) -> set[Import]:
    """Return the imports of one import statement."""
    found: set[Import] = set()
    for node in ast.walk(ast.parse(statement)):
        if isinstance(node, ast.Import):
            found |= {Import(n.name, alias=n.asname or "") for n in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found |= {Import(module, n.name, n.asname or "") for n in node.names}
    return found


def _lines(
    imports: Collection[Import], first_party: Collection[str]
) -> list[tuple[str, int]]:
    """Return each line and its section, in order: modules first, then names."""
    lines: list[tuple[str, int]] = []
    for item in sorted(
        (i for i in imports if not i.name), key=lambda i: _order(i.module)
    ):
        alias = f" as {item.alias}" if item.alias else ""
        lines.append(
            (f"import {item.module}{alias}", _section(item.module, first_party))
        )
    members: dict[str, list[Import]] = {}
    for item in imports:
        if item.name:
            members.setdefault(item.module, []).append(item)
    for module in sorted(members, key=_order):
        names = [
            f"{item.name} as {item.alias}" if item.alias else item.name
            for item in sorted(members[module], key=lambda i: _member_order(i.name))
        ]
        line = f"from {module} import {', '.join(names)}"
        if len(line) > 88:
            inner = "".join(f"    {name},\n" for name in names)
            line = f"from {module} import (\n{inner})"
        lines.append((line, _section(module, first_party)))
    return lines


def _section(module: str, first_party: Collection[str]) -> int:
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names:
        return 0
    return 2 if top in first_party and top not in EXTERNAL else 1


def _order(name: str) -> tuple[list[tuple[int, int]], str]:
    """Return the natural order: numbers inside names count as numbers."""
    parts = re.findall(r"[0-9]+|[^0-9]", name.lower())
    natural = [(ord("0"), int(p)) if p.isdecimal() else (ord(p), 0) for p in parts]
    return natural, name


def _member_order(name: str) -> tuple[int, object]:
    """Return constants before classes before everything else."""
    if name.isupper() and len(name) > 1:
        return 0, _order(name)
    return (1 if name[:1].isupper() else 2), _order(name)
