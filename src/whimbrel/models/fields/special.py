"""Fields of UUIDs, JSON documents and IP addresses."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Unpack

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from whimbrel.errors.models import BadFieldOption
from whimbrel.models import column_types
from whimbrel.models.fields.base import Field, FieldOptions


class UUIDField(Field):
    """A UUID."""

    stores_text = False
    empty = uuid.UUID(int=0)

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        return column_types.uuid()


class JSONField(Field):
    """
    A JSON document. None is stored as NULL.

    Args:
        encoder, decoder: Subclasses of json's own, for values it does not know.
    """

    OPTIONS: ClassVar[Mapping[str, Any]] = {"encoder": None, "decoder": None}
    stores_text = False

    encoder: type[json.JSONEncoder] | None
    decoder: type[json.JSONDecoder] | None

    def __init__(
        self,
        verbose_name: str | None = None,
        encoder: type[json.JSONEncoder] | None = None,
        decoder: type[json.JSONDecoder] | None = None,
        **options: Unpack[FieldOptions],
    ) -> None:
        given: dict[str, Any] = {"encoder": encoder, "decoder": decoder, **options}
        self._store({"verbose_name": verbose_name, **given})

    def _check_options(self) -> None:
        super()._check_options()
        if isinstance(self.default, (list, dict)):
            raise BadFieldOption(
                type(self).__name__,
                "the default is one object shared by all instances",
                fix="give a function: default=dict, default=list",
            )

    @property
    def empty(self) -> Any:
        return {}

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        return column_types.Json(self.encoder, self.decoder)

    def valid(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """Return the check that a database without a JSON type needs."""
        return sa.or_(sa.func.JSON_VALID(column), column.is_(sa.null()))


class GenericIPAddressField(Field):
    """
    An IPv4 or IPv6 address, as text.

    Args:
        protocol: ``both``, ``IPv4`` or ``IPv6``.

        unpack_ipv4: Turn ``::ffff:192.0.2.1`` into ``192.0.2.1``; only with both.
    """

    OPTIONS: ClassVar[Mapping[str, Any]] = {"protocol": "both", "unpack_ipv4": False}
    stores_text = False
    empty = "0.0.0.0"

    protocol: str
    unpack_ipv4: bool

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        protocol: Literal["both", "IPv4", "IPv6", "ipv4", "ipv6"] = "both",
        unpack_ipv4: bool = False,
        **options: Unpack[FieldOptions],
    ) -> None:
        given: dict[str, Any] = {"protocol": protocol, "unpack_ipv4": unpack_ipv4}
        self._store({"verbose_name": verbose_name, **given, **options})

    def _check_options(self) -> None:
        super()._check_options()
        if self.protocol.lower() not in ("both", "ipv4", "ipv6"):
            raise BadFieldOption(
                type(self).__name__,
                f"there is no protocol {self.protocol!r}",
                fix="use one of: both, IPv4, IPv6",
            )
        if self.unpack_ipv4 and self.protocol != "both":
            raise BadFieldOption(
                type(self).__name__,
                "unpack_ipv4 needs protocol='both'",
                fix="remove unpack_ipv4 or the protocol",
            )

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        return column_types.Address()
