"""
Foreign keys around a change, where the database does not look at them itself.

Place: `execute`, below `editor`, beside `preflight`. Who watches, and how, is the
compiler's to say (`schema.statement.Watching`); databases that hold every row
against its keys have nobody watching.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from whimbrel.errors.execute import ForeignKeyViolated
from whimbrel.schema.objects import TableKey
from whimbrel.schema.statement import Ask, Statement, Watching


class Guard:
    """
    Looks before and after one change.

    Args:
        watching: One for each schema that has tables to watch.

        ask: Runs a query.
    """

    def __init__(self, watching: Sequence[Watching], ask: Ask) -> None:
        self.watching = watching
        self.ask = ask
        self.looked_at: set[TableKey] = set()
        for watch in watching:
            watch.before(ask)

    def skips(self, statement: Statement) -> bool:
        """Whether what *statement* asks had no answer before the change either."""
        if not statement.finds_violations or statement.table is None:
            return False
        schema, name = folded(statement.table)
        return any(w.schema == schema and name in w.broken for w in self.watching)

    def judge(self, statement: Statement, rows: Sequence[object]) -> None:
        """
        Look at the *rows* that *statement* found.

        Raises:
            ForeignKeyViolated: EX104, some are new.
        """
        if statement.table is None:
            raise ForeignKeyViolated(rows)
        self.looked_at.add(folded(statement.table))
        if not rows:
            return
        schema, name = statement.table
        watch = next((w for w in self.watching if w.schema == schema), None)
        new = rows if watch is None else watch.after(self.ask, name)
        if new:
            raise ForeignKeyViolated(new)

    def statements(self) -> Iterator[Statement]:
        """Yield the checks of tables that no statement of the change looked at."""
        for watch in self.watching:
            for name in watch.children:
                if folded((watch.schema, name)) not in self.looked_at:
                    yield watch.check(name)


def folded(key: TableKey) -> TableKey:
    """Return *key* with the name in lower case, as such databases compare names."""
    schema, name = key
    return schema, name.casefold()
