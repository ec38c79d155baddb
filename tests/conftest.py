"""
What every test may use: databases, capabilities, Hypothesis profiles.

Options and variables:

``--database sqlite,postgresql``
    run on these only.

``WHIMBREL_TEST_REQUIRE=postgresql,mysql``
    a server that is missing is an error; with ``CI`` set, all are required.

``WHIMBREL_TEST_SQLITE_MODULE=pysqlite3``
    a package that stands for Python's ``sqlite3``, with another SQLite in it.

``WHIMBREL_TEST_BROWSER=/usr/bin/chromium``
    the Chromium that opens pages, if it is not on the path.

``WHIMBREL_EXAMPLES=1000``
    that many random examples for each law and database (profile ``all``).
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Generator, Iterator
from importlib.metadata import version

if _MODULE := os.environ.get("WHIMBREL_TEST_SQLITE_MODULE"):
    # Before anything imports the one of Python.
    sys.modules["sqlite3"] = importlib.import_module(_MODULE)
    sys.modules["sqlite3.dbapi2"] = importlib.import_module(f"{_MODULE}.dbapi2")

import hypothesis
import pytest
from hypothesis import HealthCheck, settings

from browser import MISSING, find_browser
from whimbrel.facts import Facts
from whimbrel.schema.database import database_for
from whimbrel.testing.databases import (
    DATABASES,
    Scratch,
    Server,
    ServerMissing,
    find_server,
    scratch_database,
    server_names,
)

DEFAULT_EXAMPLES = 25
_SLOW_IS_FINE = (
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
    HealthCheck.function_scoped_fixture,
)
_servers: dict[str, Server | ServerMissing] = {}

settings.register_profile(
    "default",
    max_examples=DEFAULT_EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=_SLOW_IS_FINE,
    print_blob=True,
)
settings.register_profile(
    "all",
    max_examples=int(os.environ.get("WHIMBREL_EXAMPLES", DEFAULT_EXAMPLES)),
    deadline=None,
    suppress_health_check=_SLOW_IS_FINE,
    print_blob=True,
)
settings.load_profile("all" if "WHIMBREL_EXAMPLES" in os.environ else "default")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        metavar="NAMES",
        help=f"run database tests on these only: {','.join(DATABASES)}",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "needs(capability, …): run only on databases whose Facts have them all",
    )
    try:
        wanted = server_names(config.getoption("--database"))
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None
    for name in wanted:
        try:
            _servers[name] = find_server(name)
        except ServerMissing as missing:
            _servers[name] = missing
    required = os.environ.get("WHIMBREL_TEST_REQUIRE")
    if required is None and not os.environ.get("CI"):
        required = ""
    for name in server_names(required):
        found = _servers.get(name)
        if isinstance(found, ServerMissing):
            raise pytest.UsageError(f"required, but {found}")


def pytest_report_header() -> list[str]:
    lines = [
        f"versions: SQLAlchemy {version('sqlalchemy')}, "
        f"Hypothesis {hypothesis.__version__}, "
        f"{settings.default.max_examples} examples a law"
    ]
    for name, server in _servers.items():
        if isinstance(server, ServerMissing):
            lines.append(f"database {name}: MISSING, its tests are skipped: {server}")
        else:
            lines.append(f"database {name}: {server.description}")
    browser = find_browser()
    lines.append(f"browser: {browser or f'MISSING, its tests are skipped: {MISSING}'}")
    return lines


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for a `server` once for each, and say what is missing."""
    if "server" not in metafunc.fixturenames:
        return
    metafunc.parametrize(
        "server",
        [
            pytest.param(
                server,
                id=name,
                marks=pytest.mark.skip(reason=str(server))
                if isinstance(server, ServerMissing)
                else (),
            )
            for name, server in _servers.items()
        ],
        scope="session",
    )


@pytest.fixture(scope="session")
def shared_scratch(server: Server) -> Iterator[Scratch]:
    """One scratch database for each server and session; reset it before use."""
    with scratch_database(server) as scratch:
        yield scratch


@pytest.fixture(scope="session")
def yardstick(server: Server) -> Iterator[Scratch]:
    """A second one, on which SQLAlchemy builds what should have come out."""
    with scratch_database(server) as scratch:
        yield scratch


@pytest.fixture
def database(shared_scratch: Scratch) -> Scratch:
    """An empty scratch database, on each server in turn."""
    shared_scratch.reset()
    return shared_scratch


@pytest.fixture(scope="session")
def facts(shared_scratch: Scratch) -> Facts:
    """What the database of this test can do, in its version."""
    with shared_scratch.engine.connect() as connection:
        return database_for(connection.dialect).facts


@pytest.fixture(autouse=True)
def _skip_without_capability(request: pytest.FixtureRequest) -> None:
    for marker in request.node.iter_markers("needs"):
        facts = request.getfixturevalue("facts")
        for capability in marker.args:
            if not getattr(facts, capability):
                pytest.skip(f"this database lacks: {capability}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note how many examples Hypothesis ran, where xdist's controller sees it."""
    statistics = getattr(item, "hypothesis_statistics", "")
    if call.when == "call" and statistics:
        passing = re.findall(r"(\d+) passing", statistics)
        item.user_properties.append(("examples", sum(map(int, passing))))
    return (yield)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not tested, and how many examples the laws ran."""
    for name, server in _servers.items():
        if isinstance(server, ServerMissing):
            terminalreporter.write_line(f"NOT TESTED on {name}: {server}", yellow=True)
    if find_browser() is None:
        terminalreporter.write_line(f"NOT TESTED in a browser: {MISSING}", yellow=True)
    counts: dict[str, int] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "call":
                examples = dict(report.user_properties).get("examples")
                if examples is not None:
                    counts[report.nodeid] = examples
    for line in _examples_of_laws(counts):
        terminalreporter.write_line(line)
    if counts:
        terminalreporter.write_line(
            f"{sum(counts.values())} random examples in {len(counts)} laws"
        )


_LAW = re.compile(r"test_(?P<law>l\d+_\w+)\.py::.*\[(?P<database>\w+)-")


def _examples_of_laws(counts: dict[str, int]) -> list[str]:
    """Return a line for each law of the design: its examples on each database."""
    laws: dict[str, dict[str, int]] = {}
    for nodeid, count in sorted(counts.items()):
        match = _LAW.search(nodeid)
        if match:
            found = laws.setdefault(match["law"], {})
            database = match["database"]
            found[database] = found.get(database, 0) + count
    return [
        f"{law[0].upper()}{law[1:].replace('_', ' ')}: "
        + ", ".join(f"{database} {count}" for database, count in found.items())
        for law, found in sorted(laws.items(), key=lambda pair: _number(pair[0]))
    ]


def _number(law: str) -> int:
    return int(law[1:].partition("_")[0])
