"""The code of an error, whatever the driver calls it."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from whimbrel.execute.editor import sqlstate


class Refused(Exception):
    """An error of some driver."""

    def __init__(self, **attributes: object) -> None:
        super().__init__("refused")
        self.__dict__.update(attributes)


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        pytest.param({"sqlstate": "42704"}, "42704", id="psycopg, asyncpg"),
        pytest.param({"pgcode": "42704"}, "42704", id="psycopg2"),
        pytest.param({"sqlstate": None, "pgcode": None}, "", id="no connection"),
        pytest.param({}, "", id="others"),
    ],
)
def test_where_drivers_keep_it(attributes: dict[str, object], code: str) -> None:
    assert sqlstate(DBAPIError("SELECT 1", None, Refused(**attributes))) == code
