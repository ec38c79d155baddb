"""
Answers to detection's questions: from flags, from a file, from text.

Place: `project`, between what a person writes and what `detect` takes. A
rename or a merge is answered true or false; a value for existing rows is a
Python expression.
"""

from __future__ import annotations

import datetime
import decimal
import json
import tomllib
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from whimbrel.errors.project import AnswerInvalid, AnswersUnreadable

SCOPE: Mapping[str, Any] = {
    "datetime": datetime,
    "timezone": datetime.timezone,
    "decimal": decimal,
    "Decimal": decimal.Decimal,
    "uuid": uuid,
}
"""What an expression may name, beside Python's own."""

YES = frozenset({"true", "yes", "y", "1"})
NO = frozenset({"false", "no", "n", "0"})

VALUE_KIND = "default"
KINDS = ("rename-model", "rename-field", "rename-value", VALUE_KIND, "merge")


def read_answers(
    given: Iterable[str] = (), file: str | Path | None = None
) -> dict[str, object]:
    """
    Return the answers in *file* and those *given* as "ID=VALUE", which win.

    Raises:
        AnswersUnreadable: PR115, the file is missing or broken.

        AnswerInvalid: PR114, a text that does not answer its question.
    """
    raw: dict[str, object] = {} if file is None else dict(_content(Path(file)))
    for text in given:
        identity, equals, value = _split(text)
        if not equals:
            raise AnswerInvalid(
                text,
                "has no value",
                fix="write --answer 'default:shop.Order.status=\"new\"'",
            )
        raw[identity] = value
    return {identity: parsed(identity, value) for identity, value in raw.items()}


def parsed(identity: str, value: object) -> object:
    """Return the answer to *identity* that *value*, often a text, stands for."""
    kind = identity.partition(":")[0]
    if kind not in KINDS:
        raise AnswerInvalid(
            identity,
            "has no known kind of question",
            fix=f"start it with one of {', '.join(KINDS)}, as `whimbrel "
            "makemigrations --questions` prints it",
        )
    if kind == VALUE_KIND:
        return evaluated(identity, value) if isinstance(value, str) else value
    return _claim(identity, value)


def evaluated(identity: str, expression: str) -> object:
    """Return the value of a Python *expression*; raise `AnswerInvalid`."""
    try:
        return eval(expression, {**SCOPE})
    except Exception as error:
        raise AnswerInvalid(
            identity,
            f"is no Python expression: {type(error).__name__}: {error}",
            fix="write a text with quotes inside: 'default:shop.Order.status=\"new\"'",
        ) from None


def _claim(identity: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in YES or text in NO:
        return text in YES
    raise AnswerInvalid(
        identity, f"must be true or false, not {value!r}", fix="write true or false"
    )


def _split(text: str) -> tuple[str, str, str]:
    # A value of an enumeration may have an equals sign in it; true and false do not.
    parts = text.rpartition if text.startswith("rename-value:") else text.partition
    identity, equals, value = parts("=")
    return identity.strip(), equals, value


def _content(file: Path) -> Mapping[str, object]:
    try:
        text = file.read_text(encoding="utf-8")
        content = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
    except OSError as error:
        problem = error.strerror or str(error)
    except ValueError as error:
        # Of JSON, of TOML and of the decoding alike.
        problem = str(error)
    else:
        if isinstance(content, dict):
            return content
        problem = "the file holds no table of identities and answers"
    raise AnswersUnreadable(str(file), problem)
