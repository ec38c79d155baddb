"""
A migration file with other operations, and everything else as it was.

Place: `history`, beside `writer`. Somebody has written comments and functions into
the file: only the list of operations is replaced, operations that stay keep their
text, and the comments of those that go stand above what has come in their place.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from whimbrel.errors.history import CannotRewrite
from whimbrel.history.serialize import serialize
from whimbrel.history.source.expression import Expression, Reference, Text, walk
from whimbrel.history.source.imports import (
    Import,
    import_of,
    imports_text,
    is_importable,
    parsed,
    spelling,
)
from whimbrel.history.source.layout import layout
from whimbrel.migrations.operation import Operation

STEP = 4
"""Spaces of one level."""


@dataclass(slots=True)
class _Piece:
    """
    An operation as the file has it.

    Args:
        above, beside, inside: The comments there.
    """

    node: ast.expr
    text: str
    above: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)

    @property
    def start(self) -> tuple[int, int]:
        return self.node.lineno, self.node.col_offset

    @property
    def end(self) -> tuple[int, int]:
        return self.node.end_lineno or 0, self.node.end_col_offset or 0


def rewritten(
    text: str,
    given: Sequence[Operation],
    left: Sequence[Operation],
    *,
    module: str,
    file: str,
    first_party: Collection[str] = (),
) -> str:
    """
    Return *text* with the operations *left* instead of *given*.

    Args:
        given: What the file's class has; those that are in *left* too keep
            their text.

        module: The name under which the file runs; what it defines is called
            by its own name.

        file: For messages.

    Raises:
        CannotRewrite: HI132, the list is not written out, or a name that is needed
            means something else in the file.
    """
    tree = ast.parse(text)
    node = _operations(tree, file)
    if len(node.elts) != len(given) or any(
        isinstance(element, ast.Starred) for element in node.elts
    ):
        raise CannotRewrite(file, "its list of operations is computed")
    pieces = [_Piece(n, ast.get_source_segment(text, n) or "") for n in node.elts]
    tail = _give_comments(text, node, pieces)
    known = {id(operation): p for operation, p in zip(given, pieces, strict=True)}
    fresh = {id(o): serialize(o) for o in left if id(o) not in known}
    new_list = _list_text(left, known, fresh, tail, module, _indent(text, node))
    start, end = _span(text, node)
    changed = text[:start] + new_list + text[end:]
    return _with_imports(changed, tree, fresh.values(), module, file, first_party)


def _operations(tree: ast.Module, file: str) -> ast.List:
    """Return the list that the class `Migration` sets its operations to."""
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef) and statement.name == "Migration":
            for inner in statement.body:
                value = _assigned(inner)
                if isinstance(value, ast.List):
                    return value
    raise CannotRewrite(file, "its class Migration has no list `operations = [...]`")


def _assigned(statement: ast.stmt) -> ast.expr | None:
    match statement:
        case ast.Assign(targets=[ast.Name(id="operations")], value=value):
            return value
        case ast.AnnAssign(target=ast.Name(id="operations"), value=value):
            return value
    return None


def _give_comments(text: str, node: ast.List, pieces: list[_Piece]) -> list[str]:
    """Give the comments within the list to its pieces; return those after the last."""
    tail: list[str] = []
    first, last = (node.lineno, node.end_lineno or 0)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        row, column = token.start
        if token.type != tokenize.COMMENT or not first <= row < last:
            continue
        # Columns of the tree count bytes; a comment ends its line.
        at = (row, len(token.line[:column].encode()))
        beside = [p for p in pieces if p.end[0] == row and p.end <= at]
        inside = [p for p in pieces if p.start <= at < p.end]
        below = [p for p in pieces if p.start > at]
        if inside:
            inside[0].inside.append(token.string)
        elif beside:
            beside[-1].beside.append(token.string)
        elif below:
            below[0].above.append(token.string)
        else:
            tail.append(token.string)
    return tail


def _indent(text: str, node: ast.List) -> int:
    line = text.split("\n")[node.lineno - 1]
    return len(line) - len(line.lstrip()) + STEP


def _list_text(
    left: Sequence[Operation],
    known: dict[int, _Piece],
    fresh: dict[int, Expression],
    tail: Sequence[str],
    module: str,
    indent: int,
) -> str:
    margin = " " * indent
    stay = {id(operation) for operation in left}
    gone = [
        comment
        for number, piece in known.items()
        if number not in stay
        for comment in (*piece.above, *piece.inside, *piece.beside)
    ]
    lines: list[str] = []
    for operation in left:
        piece = known.get(id(operation))
        if piece is None:
            lines += gone
            gone = []
            spelled = _Spelled(module)
            source = layout(fresh[id(operation)], spelled, indent=indent, column=indent)
            lines.append(f"{source},")
        else:
            lines += piece.above
            lines.append("  ".join((f"{piece.text},", *piece.beside)))
    # Where all that was merged has gone, nothing stands in its place.
    lines = [*gone, *lines, *tail]
    body = "".join(f"{margin}{line}\n" for line in lines)
    return f"[\n{body}{' ' * (indent - STEP)}]" if lines else "[]"


@dataclass(frozen=True, slots=True)
class _Spelled:
    """Spells names as in any migration file, but the file's own by themselves."""

    module: str

    def __call__(self, reference: Reference) -> str:
        if reference.module == self.module:
            return reference.name
        return spelling(reference)


def _span(text: str, node: ast.List) -> tuple[int, int]:
    """Return where the list starts and ends in *text*, in characters."""
    lines = text.split("\n")

    def offset(row: int, column: int) -> int:
        before = sum(len(line) + 1 for line in lines[: row - 1])
        return before + len(lines[row - 1].encode()[:column].decode())

    return (
        offset(node.lineno, node.col_offset),
        offset(node.end_lineno or 0, node.end_col_offset or 0),
    )


def _with_imports(
    text: str,
    tree: ast.Module,
    fresh: Iterable[Expression],
    module: str,
    file: str,
    first_party: Collection[str],
) -> str:
    """Return *text* with the imports that *fresh* expressions need and it lacks."""
    needed = set(_needed(fresh, module, file))
    there = {i for s in tree.body for i in _imports_of(s)}
    lacking = needed - there
    taken = {name: i for i in there for name in [_bound(i)]}
    taken_otherwise = set(_defined(tree))
    for item in lacking:
        name = _bound(item)
        other = taken.get(name)
        if name in taken_otherwise or (other and (other.name or item.name)):
            raise CannotRewrite(file, f"{name!r} means something else there")
    if not lacking:
        return text
    lines = imports_text((), always=lacking, first_party=first_party)
    rows = text.split("\n")
    place = max((s.end_lineno or 0 for s in tree.body if _is_import(s)), default=0)
    return "\n".join([*rows[:place], *lines.rstrip("\n").split("\n"), *rows[place:]])


def _needed(fresh: Iterable[Expression], module: str, file: str) -> Iterator[Import]:
    for node in (node for expression in fresh for node in walk(expression)):
        if isinstance(node, Text):
            for statement in node.imports:
                yield from parsed(statement)
        if not isinstance(node, Reference) or node.module == module:
            continue
        if not is_importable(node.module):
            what = f"{node.name} of {node.module} would have to be imported"
            raise CannotRewrite(file, what)
        found = import_of(node)
        if found is not None:
            yield found


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _imports_of(statement: ast.stmt) -> set[Import]:
    return parsed(ast.unparse(statement)) if _is_import(statement) else set()


def _bound(item: Import) -> str:
    """Return the name that an import binds."""
    return item.alias or item.name or item.module.partition(".")[0]


def _defined(tree: ast.Module) -> Iterator[str]:
    """Yield what the file itself defines at its top."""
    for statement in tree.body:
        match statement:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (t.id for t in targets if isinstance(t, ast.Name))
