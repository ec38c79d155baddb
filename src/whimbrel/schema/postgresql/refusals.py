"""
What to do when PostgreSQL refuses a statement for want of an extension, or one on
an extension.

Place: `schema.postgresql`, below `compiler`. Judged by SQLSTATE and the names in the
message, for its words depend on the server's language.
Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

NOT_ALLOWED = "42501"
NOT_SUPPORTED = "0A000"
NOT_VALID = "22023"
STILL_USED = "2BP01"
UNKNOWN_FUNCTION = "42883"
UNKNOWN_OBJECT = "42704"

OWNER_NEEDED = (
    "it takes the owner of the extension, or a superuser: give the operation a "
    "migration of its own, have the statement above run, and record the migration with "
    "migrate --fake"
)
ON_EXTENSIONS: Mapping[tuple[str, str], str] = {
    ("CREATE", NOT_ALLOWED): "a trusted extension takes a role with CREATE on the "
    "database, any other a superuser; have such a role run the statement above once, "
    "then run the migration again: what is there is left as it is",
    ("CREATE", NOT_SUPPORTED): "install it on the database's machine (PostgreSQL's "
    "own are in its contrib package), or choose one from pg_available_extensions",
    ("CREATE", NOT_VALID): "pg_available_extension_versions lists what the server "
    "has of {name}; without a version it takes the newest",
    ("CREATE", UNKNOWN_OBJECT): "it needs another extension: put that one's "
    "migrations.CreateExtension before this operation",
    ("ALTER", NOT_ALLOWED): OWNER_NEEDED,
    ("ALTER", NOT_SUPPORTED): "its objects cannot be moved: delete the extension, and "
    "create it again in the other schema",
    ("ALTER", NOT_VALID): "pg_extension_update_paths('{name}') lists where an update "
    "leads from the version that is there",
    ("DROP", NOT_ALLOWED): OWNER_NEEDED,
    ("DROP", STILL_USED): "remove what uses it in a migration before, or keep the "
    "extension; Whimbrel drops nothing with CASCADE, which would take columns and "
    "what is in them along",
}
"""What is done, and SQLSTATE of the refusal → what to do about it."""

BRINGS: Mapping[str, str] = {
    "bloom": "bloom",
    "citext": "citext",
    "cube": "cube",
    "earthdistance": "earth ll_to_earth earth_distance earth_box",
    "fuzzystrmatch": "levenshtein soundex metaphone dmetaphone daitch_mokotoff",
    "hstore": "hstore gin_hstore_ops gist_hstore_ops",
    "intarray": "gin__int_ops gist__int_ops gist__intbig_ops query_int",
    "isn": "ean13 isbn13 ismn13 issn13 isbn ismn issn upc",
    "lo": "lo",
    "ltree": "ltree lquery ltxtquery gist_ltree_ops gist__ltree_ops",
    "pg_trgm": "gin_trgm_ops gist_trgm_ops similarity word_similarity",
    "pgcrypto": "crypt gen_salt digest hmac gen_random_bytes pgp_sym_encrypt "
    "pgp_sym_decrypt",
    "postgis": "geometry geography box2d box3d",
    "seg": "seg",
    "unaccent": "unaccent",
    "uuid-ossp": "uuid_generate_v1 uuid_generate_v1mc uuid_generate_v3 "
    "uuid_generate_v4 uuid_generate_v5",
    "vector": "vector halfvec sparsevec hnsw ivfflat vector_l2_ops vector_ip_ops "
    "vector_cosine_ops halfvec_l2_ops halfvec_ip_ops halfvec_cosine_ops",
}
"""Extension → types, operator classes, access methods and functions of it."""

OWNERS = {
    name: extension for extension, text in BRINGS.items() for name in text.split()
}
SCALARS = {"gist": "btree_gist", "gin": "btree_gin"}
"""Access method → the extension that lets it hold plain values."""

NO_SCALARS = {"json", "xml", "citext", "point"}
"""Types that these do not help."""

SHORTHANDS: Mapping[str, str] = {
    "bloom": "BloomExtension()",
    "btree_gin": "BtreeGinExtension()",
    "btree_gist": "BtreeGistExtension()",
    "citext": "CITextExtension()",
    "hstore": "HStoreExtension()",
    "pg_trgm": "TrigramExtension()",
    "pgcrypto": "CryptoExtension()",
    "unaccent": "UnaccentExtension()",
}

STATEMENT = re.compile(
    r"\s*(CREATE|ALTER|DROP)\s+EXTENSION\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?\"?([\w-]+)",
    re.IGNORECASE,
)
QUOTED = re.compile(r"[\"«»„“][^\"«»“”]*[\"«»“”]|\w+\(")
"""Names in a message, in whichever quotes, and called functions."""


def advice(sqlstate: str, message: str, sql: str) -> str | None:
    """Return what to do about a refusal; None where nothing better is known."""
    statement = STATEMENT.match(sql)
    if statement is not None:
        text = ON_EXTENSIONS.get((statement[1].upper(), sqlstate))
        return None if text is None else text.format(name=statement[2])
    if sqlstate not in (UNKNOWN_OBJECT, UNKNOWN_FUNCTION):
        return None
    said = message.partition("\n")[0]
    extension = missing(re.findall(r"\w+", said), QUOTED.findall(said))
    if extension is None:
        return None
    return (
        f"it comes with an extension: put migrations.{operation(extension)} before "
        "this operation. If the database has the extension, its schema is not on the "
        "search path"
    )


def missing(words: Iterable[str], named: Iterable[str]) -> str | None:
    """
    Return the extension that a message asks for.

    Args:
        named: What it puts in quotes, or calls.
    """
    names = [word for text in named for word in re.findall(r"\w+", text.lower())]
    for name in names:
        if name in OWNERS:
            return OWNERS[name]
    if NO_SCALARS.isdisjoint(words):
        return next((SCALARS[name] for name in names if name in SCALARS), None)
    return None


def operation(extension: str) -> str:
    """Return the operation that creates *extension*, as one writes it."""
    return SHORTHANDS.get(extension, f'CreateExtension("{extension}")')
