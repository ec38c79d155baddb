"""
Literals as PostgreSQL writes them.

Place: `schema.postgresql`, below `types`.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import types

from whimbrel.schema.literals import Literals


class PostgresqlLiterals(Literals):
    """Bytes in hexadecimal, arrays with the type of their items."""

    def binary(self, value: bytes) -> str:
        return f"'\\x{value.hex()}'::bytea"

    def array(self, values: list[object], type_: types.ARRAY[Any]) -> str | None:
        item_type = type_.item_type
        compiler: Any = self.dialect.type_compiler_instance
        spelled = cast(str, compiler.process(type_))
        parts: list[str] = []
        for value in values:
            if isinstance(value, list | tuple):
                part = self.array([*value], type_)
                text = None if part is None else part.partition("::")[0]
            else:
                text = self.literal(value, item_type)
            if text is None:
                return None
            parts.append(text)
        return f"ARRAY[{', '.join(parts)}]::{spelled}"
