"""
`makemigrations`: write what changed in the models into migration files.

Place: `project`, above `wanted` and `recorded`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from whimbrel import __version__
from whimbrel.detect.changes import Detection
from whimbrel.detect.detect import detect
from whimbrel.detect.questions import Question
from whimbrel.errors.history import NameIsTaken
from whimbrel.errors.project import AnswersNeeded, OptionsClash
from whimbrel.history.arrange import arrange, empty
from whimbrel.history.history import History
from whimbrel.history.naming import check_name
from whimbrel.history.writer import file_of, header, migration_text, write_migration
from whimbrel.migrations.migration import Migration
from whimbrel.project import merging
from whimbrel.project.config import Config
from whimbrel.project.describe import Described, described
from whimbrel.project.recorded import check_labels, load_history, recorded_state
from whimbrel.project.wanted import Wanted, prefixes, read_wanted

Ask: TypeAlias = Callable[[Question], object]
"""Returns the answer to a question: a bool, or a value for existing rows."""

UNKNOWN = "VALUE"


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeRequest:
    """
    What `makemigrations` is asked to do.

    Args:
        labels: These apps, and those that their changes need; none means all.

        answers: Identity of a question → its answer.

        rename: False answers "no" to every question about a rename.

        merge: Join the branches of histories, and do nothing else.

        empty: A migration without operations for each of *labels*.

        name: Used instead of the one that the operations suggest.

        header: Write who made the file and when into its first line.
    """

    labels: tuple[str, ...] = ()
    answers: Mapping[str, object] = field(default_factory=dict)
    rename: bool = True
    merge: bool = False
    empty: bool = False
    name: str | None = None
    header: bool = True
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMigration:
    """One migration, written or to be written."""

    app: str
    name: str
    path: Path
    text: str
    operations: tuple[Described, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeMigrations:
    """
    What `makemigrations` wrote, or would write.

    Args:
        migrations: Parents first.

        written: False for a dry run.
    """

    migrations: tuple[NewMigration, ...]
    written: bool


def makemigrations(
    config: Config,
    request: MakeRequest | None = None,
    *,
    ask: Ask | None = None,
    moment: datetime | None = None,
) -> MadeMigrations:
    """
    Write migrations for what changed in the models.

    Args:
        ask: Called for each question that has no answer; None asks nobody.

        moment: Goes into headers, and into names that nothing else gives; None
            means now.

    Raises:
        AnswersNeeded: PR113, an answer lacks and nobody may be asked.

        SeveralLeaves: HI118, the history branches.

        CannotWrite: HI130, a value has no source text. Nothing was written.
    """
    wanted = request or MakeRequest()
    check_request(config, wanted)
    moment = moment or datetime.now(UTC)
    history = load_history(config)
    migrations = _migrations(config, history, wanted, ask, moment)
    first_party = {p.split(".")[0] for a in config.apps.values() for p in prefixes(a)}
    top = header(__version__, moment) if wanted.header else None
    made = tuple(
        NewMigration(
            app=migration.app_label,
            name=migration.name,
            path=file_of(history.folders[migration.app_label], migration),
            text=migration_text(migration, header=top, first_party=first_party),
            operations=described(migration),
        )
        for migration in migrations
    )
    if not wanted.dry_run:
        write_all(made)
    return MadeMigrations(migrations=made, written=not wanted.dry_run)


def open_questions(
    config: Config, request: MakeRequest | None = None
) -> tuple[Question, ...]:
    """Return the questions that still lack an answer; writes nothing."""
    wanted = request or MakeRequest()
    check_request(config, wanted)
    history = load_history(config)
    if wanted.merge:
        return tuple(_merge_questions(history, wanted))
    return _detect(read_wanted(config), history, _answers(wanted), wanted).questions


def changed_apps(config: Config) -> tuple[str, ...]:
    """Return the labels of the apps whose models differ from their migrations."""
    return changes_of(read_wanted(config), load_history(config))


def changes_of(wanted: Wanted, history: History) -> tuple[str, ...]:
    """Return the labels of the apps in which *wanted* differs from *history*."""
    found = _detect(wanted, history, {}, MakeRequest())
    asked = {question.app for question in found.questions}
    return tuple(sorted({change.app_label for change in found.changes} | asked))


def check_request(config: Config, request: MakeRequest) -> None:
    """Raise what is wrong with *request* by itself."""
    if request.name is not None:
        check_name(request.name)
    check_labels(config, request.labels)
    if request.empty and not request.labels:
        raise OptionsClash(
            "--empty needs the app that gets the migration",
            "name it: whimbrel makemigrations --empty APP",
        )
    if request.empty and request.merge:
        raise OptionsClash("--empty and --merge exclude each other", "leave one out")


def write_all(migrations: Sequence[NewMigration]) -> None:
    """Write all files, or none if one of them is there already."""
    for migration in migrations:
        if migration.path.exists():
            raise NameIsTaken(str(migration.path))
    for migration in migrations:
        write_migration(migration.path, migration.text)


def _migrations(
    config: Config,
    history: History,
    request: MakeRequest,
    ask: Ask | None,
    moment: datetime,
) -> Iterable[Migration]:
    if request.merge:
        return _merged(history, request, ask, moment)
    history.check_conflicts(request.labels or None)
    if request.empty:
        return [
            empty(history, label, moment=moment, name=request.name)
            for label in request.labels
        ]
    detection = _settled(read_wanted(config), history, request, ask)
    return arrange(
        detection.changes,
        history,
        moment=moment,
        name=request.name,
        labels=request.labels or None,
    )


def _settled(
    wanted: Wanted, history: History, request: MakeRequest, ask: Ask | None
) -> Detection:
    """Return what changed, every question answered; one answer may raise another."""
    answers = _answers(request)
    while True:
        detection = _detect(wanted, history, answers, request)
        if not detection.questions:
            return detection
        if ask is None:
            raise unanswered(detection.questions)
        # One at a time: an answer may settle the other questions.
        question = detection.questions[0]
        answers[question.id] = ask(question)


def _detect(
    wanted: Wanted,
    history: History,
    answers: dict[str, object],
    request: MakeRequest,
) -> Detection:
    """Return what changed; renames are answered "no" where none are wanted."""
    before = recorded_state(history)
    while True:
        detection = detect(
            before,
            wanted.state,
            answers,
            renamed_models=wanted.renamed_models,
            renamed_fields=wanted.renamed_fields,
            defaults=wanted.defaults,
            apps=frozenset(request.labels) or None,
        )
        renames = [q.id for q in detection.questions if q.kind.startswith("rename")]
        if request.rename or not renames:
            return detection
        answers.update(dict.fromkeys(renames, False))


def _answers(request: MakeRequest) -> dict[str, object]:
    return dict(request.answers)


def _merged(
    history: History, request: MakeRequest, ask: Ask | None, moment: datetime
) -> tuple[Migration, ...]:
    apps = list(merging.conflicting(history, request.labels))
    questions = tuple(_merge_questions(history, request))
    if questions and ask is None:
        raise unanswered(questions)
    answers = {
        f"merge:{app}": request.answers.get(f"merge:{app}", True) for app in apps
    }
    for question in questions if ask else ():
        answers[question.id] = ask(question)  # type: ignore[misc]  # asked above
    agreed = [app for app in apps if answers[f"merge:{app}"]]
    return merging.merged(history, agreed, moment=moment, name=request.name)


def _merge_questions(history: History, request: MakeRequest) -> Iterable[Question]:
    for app in merging.conflicting(history, request.labels):
        question = merging.question(history, app)
        if question is not None and question.id not in request.answers:
            yield question


def unanswered(questions: Iterable[Question]) -> AnswersNeeded:
    """Return the error that names *questions* and how to answer them."""
    return AnswersNeeded([(q.id, q.text, _sample(q)) for q in questions])


def _sample(question: Question) -> str:
    if question.kind == "default":
        return question.default or UNKNOWN
    return "true"
