"""Three projects go through a model's life on SQLite; `make demo` runs this."""

from __future__ import annotations

import django_style
import sqlalchemy_style
import sqlmodel_style


def main() -> None:
    django_style.play()
    sqlalchemy_style.play()
    sqlmodel_style.play()


if __name__ == "__main__":
    main()
