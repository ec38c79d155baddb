"""Errors of queries through ``Model.objects``. Codes MO15x."""

from __future__ import annotations

from collections.abc import Iterable

from whimbrel.errors.base import WhimbrelError, did_you_mean


class QueryError(WhimbrelError):
    """Base of the errors of queries."""

    code = "MO150"


class NoSession(QueryError):
    """A query outside any session."""

    code = "MO151"

    def __init__(self) -> None:
        super().__init__(
            "there is no session for this query",
            fix="run it in a data step, or inside "
            "`with whimbrel.models.use_session(session):`",
        )


class DoesNotExist(QueryError):
    """`get` found no row."""

    code = "MO152"

    def __init__(self, model: str, criteria: str) -> None:
        super().__init__(
            f"no {model} matches {criteria or 'the query'}",
            fix="use filter(…).first() where there may be none",
        )


class MultipleObjectsReturned(QueryError):
    """`get` found more than one row."""

    code = "MO153"

    def __init__(self, model: str, criteria: str) -> None:
        super().__init__(
            f"more than one {model} matches {criteria or 'the query'}",
            fix="narrow the criteria, or use filter(…).first()",
        )


class UnknownName(QueryError):
    """A query names a field or relation that the model does not have."""

    code = "MO154"

    def __init__(self, model: str, name: str, known: Iterable[str]) -> None:
        super().__init__(
            f"model {model} has no field or relation {name!r}",
            fix=did_you_mean(name, known),
        )


class NotAllowed(QueryError):
    """A query method that does not go with what was asked before."""

    code = "MO155"
