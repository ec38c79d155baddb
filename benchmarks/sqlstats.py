#!/usr/bin/env python3
"""Statement counts and times of logged builds: sqlstats.py DIR/sql-*.jsonl"""

import json
import os
import re
import sys

for path in sys.argv[1:]:
    kinds = {}
    n = total = 0
    with open(path) as log:
        lines = log.readlines()
    for line in lines:
        sql, _p, t = json.loads(line)
        s = " ".join(sql.split()).upper()
        if re.search(
            r"SQLITE_MASTER|PRAGMA|INFORMATION_SCHEMA|PG_CATALOG|PG_CLASS|SHOW |DESCRIBE",
            s,
        ):
            k = "introspection/PRAGMA"
        elif (
            "MIGRATIONS" in s and s.startswith(("INSERT", "SELECT", "DELETE"))
        ) or "ALEMBIC_VERSION" in s:
            k = "version table"
        elif s.startswith("INSERT INTO") and "SELECT" in s:
            k = "table rebuild copy"
        else:
            k = " ".join(s.split()[:2])
        a = kinds.setdefault(k, [0, 0.0])
        a[0] += 1
        a[1] += t
        n += 1
        total += t
    print(f"{os.path.basename(path)}: {n} statements, {total:.2f} s inside execute()")
    for k, (c, t) in sorted(kinds.items(), key=lambda x: -x[1][1])[:9]:
        print(f"    {c:6} {t:8.2f} s  {k}")
