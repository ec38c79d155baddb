"""Fields of text: char, text, slug, email, URL, file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Unpack

from sqlalchemy.types import TypeEngine

from whimbrel.errors.models import BadFieldOption
from whimbrel.models import column_types
from whimbrel.models.fields.base import Field, FieldOptions


class CharField(Field):
    """
    Text of limited length.

    Args:
        max_length: In characters. None is for databases with unlimited varchar
            (PostgreSQL, SQLite); MySQL refuses it.
    """

    OPTIONS: ClassVar[Mapping[str, Any]] = {"max_length": None, "db_collation": None}

    max_length: int | None
    db_collation: str | None

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        max_length: int | None = None,
        db_collation: str | None = None,
        **options: Unpack[FieldOptions],
    ) -> None:
        self._store(
            {
                "verbose_name": verbose_name,
                "max_length": max_length,
                "db_collation": db_collation,
                **options,
            }
        )

    def _check_options(self) -> None:
        super()._check_options()
        length = self.max_length
        if length is None:
            return
        if isinstance(length, bool) or not isinstance(length, int) or length <= 0:
            raise BadFieldOption(
                type(self).__name__,
                f"max_length is {length!r}",
                fix="max_length is a positive integer",
            )

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        return column_types.char(self.max_length)


class SlugField(CharField):
    """A short name for URLs; indexed unless told otherwise."""

    OPTIONS: ClassVar[Mapping[str, Any]] = {
        "max_length": 50,
        "db_index": True,
        "allow_unicode": False,
    }

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        max_length: int | None = 50,
        db_collation: str | None = None,
        allow_unicode: bool = False,
        **options: Unpack[FieldOptions],
    ) -> None:
        given: dict[str, Any] = {"max_length": max_length, **options}
        given |= {"db_collation": db_collation, "allow_unicode": allow_unicode}
        self._store({"verbose_name": verbose_name, **given})


class EmailField(CharField):
    """An e-mail address."""

    OPTIONS: ClassVar[Mapping[str, Any]] = {"max_length": 254}
    # Written always, so that another default one day changes no old migration.
    ALWAYS_WRITTEN = frozenset({"max_length"})

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        max_length: int | None = 254,
        db_collation: str | None = None,
        **options: Unpack[FieldOptions],
    ) -> None:
        super().__init__(
            verbose_name, max_length=max_length, db_collation=db_collation, **options
        )


class URLField(CharField):
    """A URL."""

    OPTIONS: ClassVar[Mapping[str, Any]] = {"max_length": 200}

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        max_length: int | None = 200,
        db_collation: str | None = None,
        **options: Unpack[FieldOptions],
    ) -> None:
        super().__init__(
            verbose_name, max_length=max_length, db_collation=db_collation, **options
        )


class TextField(Field):
    """Text without a limit; *max_length* is for forms only."""

    OPTIONS: ClassVar[Mapping[str, Any]] = {"max_length": None, "db_collation": None}

    max_length: int | None
    db_collation: str | None

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        max_length: int | None = None,
        db_collation: str | None = None,
        **options: Unpack[FieldOptions],
    ) -> None:
        given: dict[str, Any] = {"max_length": max_length, **options}
        self._store(
            {"verbose_name": verbose_name, "db_collation": db_collation, **given}
        )

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        return column_types.text()


class FileField(Field):
    """The path of an uploaded file; only the path is in the database."""

    OPTIONS: ClassVar[Mapping[str, Any]] = {
        "max_length": 100,
        "upload_to": "",
        "storage": None,
    }
    ALWAYS_WRITTEN = frozenset({"upload_to"})

    max_length: int | None
    upload_to: Any
    storage: Any

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        upload_to: Any = "",
        storage: Any = None,
        max_length: int | None = 100,
        **options: Unpack[FieldOptions],
    ) -> None:
        given: dict[str, Any] = {"upload_to": upload_to, "storage": storage, **options}
        self._store({"verbose_name": verbose_name, "max_length": max_length, **given})

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        return column_types.char(self.max_length)


class ImageField(FileField):
    """The path of an uploaded image."""

    OPTIONS: ClassVar[Mapping[str, Any]] = {"width_field": None, "height_field": None}

    width_field: str | None
    height_field: str | None

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        upload_to: Any = "",
        storage: Any = None,
        max_length: int | None = 100,
        width_field: str | None = None,
        height_field: str | None = None,
        **options: Unpack[FieldOptions],
    ) -> None:
        given: dict[str, Any] = {"upload_to": upload_to, "storage": storage, **options}
        given |= {"width_field": width_field, "height_field": height_field}
        self._store({"verbose_name": verbose_name, "max_length": max_length, **given})


class FilePathField(Field):
    """The path of a file below a folder."""

    OPTIONS: ClassVar[Mapping[str, Any]] = {
        "max_length": 100,
        "path": "",
        "match": None,
        "recursive": False,
        "allow_files": True,
        "allow_folders": False,
    }

    max_length: int | None

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        path: Any = "",
        match: str | None = None,
        recursive: bool = False,
        allow_files: bool = True,
        allow_folders: bool = False,
        max_length: int | None = 100,
        **options: Unpack[FieldOptions],
    ) -> None:
        given: dict[str, Any] = {"path": path, "match": match, **options}
        given |= {"recursive": recursive, "allow_files": allow_files}
        given |= {"allow_folders": allow_folders, "max_length": max_length}
        self._store({"verbose_name": verbose_name, **given})

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        return column_types.char(self.max_length)
