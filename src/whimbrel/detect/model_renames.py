"""
Renamed models, and models whose table moves: the state as it is after them.

Place: `detect`, above `settle` and `script`. Everything else is compared after
these, because relations and foreign keys follow a renamed model or table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from whimbrel.detect.likeness import model_likeness, name_likeness
from whimbrel.detect.questions import Answers, admitted, rename_model_id
from whimbrel.detect.script import Script
from whimbrel.detect.settle import (
    Candidate,
    Settled,
    free_name,
    passed_on,
    settle,
    valid_hints,
)
from whimbrel.detect.wording import ask_rename_model
from whimbrel.migrations import (
    AlterModelSchema,
    AlterModelTable,
    Operation,
    RenameModel,
)
from whimbrel.state.model import ModelKey, ModelState
from whimbrel.state.project import ProjectState

ALIKE = 0.5
"""Share of alike fields from which two models are worth a question."""

SOMEWHAT_ALIKE = 0.3
ALIKE_NAME = 0.6

ASIDE = "Aside"
"""What a model is called while another takes its name."""


def settle_models(
    before: ProjectState,
    after: ProjectState,
    hints: Mapping[ModelKey, str],
    answers: Answers,
) -> Settled[ModelKey]:
    """
    Return which models of *after* were called otherwise before.

    Args:
        hints: Key in *after* → name before (``renamed_from``), also with the app's
            label; a model cannot come from another app.
    """
    exchanged = passed_on(
        said_renames(answers), before.models, after.models, comparable
    )
    losers, takers = {old for old, _ in exchanged}, {new for _, new in exchanged}
    fresh = [
        model
        for key, model in after.models.items()
        if key not in before.models or key in takers
    ]
    gone = [
        model
        for key, model in before.models.items()
        if key not in after.models or key in losers
    ]
    names = {key: name.lower().rpartition(".") for key, name in hints.items()}
    keys = {
        key: (key[0], name)
        for key, (app_label, _, name) in names.items()
        if app_label in ("", key[0])
    }
    valid = valid_hints(keys, before.models, after.models)
    kept = before.models.keys() & after.models.keys()
    pairs = [
        (old, new)
        for new in fresh
        for old in gone
        if (old.key, new.key) in exchanged or kept.isdisjoint({old.key, new.key})
    ]
    return settle(candidates(pairs, answers), valid, answers)


def said_renames(answers: Answers) -> Iterator[tuple[ModelKey, ModelKey]]:
    """Yield the keys (old, new) of models that are said to be renamed."""
    for old, new in admitted(answers, "rename-model:"):
        app_label, _, name = old.lower().rpartition(".")
        yield (app_label, name), (app_label, new.lower())


def candidates(
    pairs: Iterable[tuple[ModelState, ModelState]], answers: Answers
) -> Iterator[Candidate[ModelKey]]:
    """Yield those of the *pairs* (old, new) that may be one model of one app."""
    for old, new in pairs:
        if old.app_label != new.app_label or not comparable(old, new):
            continue
        fields = model_likeness(old, new)
        name = name_likeness(old.name, new.name)
        same_table = old.full_table == new.full_table
        identity = rename_model_id(new.app_label, old.name, new.name)
        if (
            fields >= ALIKE
            or (fields >= SOMEWHAT_ALIKE and name >= ALIKE_NAME)
            or same_table
            or identity in answers
        ):
            yield Candidate(
                old.key,
                new.key,
                0.7 * fields + 0.3 * name + same_table,
                ask_rename_model(old, new),
                plain=same_table and fields >= ALIKE,
            )


def comparable(old: ModelState, new: ModelState) -> bool:
    """Return whether both have tables of one kind: data that could be lost."""
    return (
        has_table(old)
        and has_table(new)
        and old.is_table == new.is_table
        and parents(old) == parents(new)
    )


def has_table(model: ModelState) -> bool:
    """Return whether a database has a table because of *model*."""
    return not model.options.get("proxy") and model.options.get("managed") is not False


def parents(model: ModelState) -> int:
    """Return how many concrete parents a model has."""
    return sum(isinstance(base, str) for base in model.bases)


def rename_models(
    script: Script, after: ProjectState, renamed: Mapping[ModelKey, ModelKey]
) -> None:
    """
    Run the renames of models and tables.

    Args:
        renamed: New → old key, as settled.
    """
    lost = set(renamed.values())
    pairs = {
        key: key
        for key in after.models
        if key in script.state.models and key not in lost
    }
    moves = [
        (old, new)
        for new, old in sorted({**pairs, **renamed}.items())
        if moves_model(script.state.models[old], after.models[new])
    ]
    while moves:
        if all(o != new and new in script.state.models for o, new in moves):
            holder = moves[0][1]
            aside = make_room(script, after, holder)
            moves = [(aside if o == holder else o, new) for o, new in moves]
        next_move = free_move(script.state, after, moves)
        moves.remove(next_move)
        move_model(script, next_move[0], after.models[next_move[1]])


def make_room(script: Script, after: ProjectState, key: ModelKey) -> ModelKey:
    """Rename a model whose name another waits for; return its key for the time."""
    app_label = key[0]
    taken = {name for app, name in {*script.state.models, *after.models}}
    aside = free_name(ASIDE.lower(), taken).capitalize()
    aside_key = app_label, aside.lower()
    script.run(RenameModel(script.state.models[key].name, aside), key, aside_key)
    return aside_key


def moves_model(old: ModelState, new: ModelState) -> bool:
    """Return whether a model gets another name, table or schema."""
    if old is new or is_replaced(old, new):
        return False
    return old.name != new.name or any(
        old.options.get(option) != new.options.get(option)
        for option in ("db_table", "schema")
    )


def is_replaced(old: ModelState, new: ModelState) -> bool:
    """Return whether a model is made anew: a proxy has no rows to keep."""
    return bool(old.options.get("proxy")) != bool(new.options.get("proxy"))


def free_move(
    state: ProjectState, after: ProjectState, moves: list[tuple[ModelKey, ModelKey]]
) -> tuple[ModelKey, ModelKey]:
    """
    Return the first move whose new name and table nobody has at the moment.

    Foreign keys of SQLAlchemy's name tables: two of one name could not be told
    apart. Tables that exchange their names leave no such move; then any will do
    whose model's name is free.
    """
    named = [m for m in moves if m[0] == m[1] or m[1] not in state.models]
    if len(named) > 1:
        tables = {model.full_table: key for key, model in state.models.items()}
        for old, new in named:
            wanted = after.models[new].full_table
            if tables.get(wanted, old) == old:
                return old, new
    return named[0]


def move_model(script: Script, key: ModelKey, new: ModelState) -> None:
    """Run what gives the model *key* the name, the table and the schema of *new*."""
    old = script.state.models[key]
    table, schema = new.options.get("db_table"), new.options.get("schema")
    steps: list[Operation] = []
    if old.name != new.name:
        steps.append(RenameModel(old.name, new.name))
    if old.options.get("db_table") != table:
        # A table with a name of its own is not renamed along with its model.
        place = 0 if table is not None else len(steps)
        name = old.name if table is not None else new.name
        steps.insert(place, AlterModelTable(name, table))
    if old.options.get("schema") != schema:
        moved = old.replace(name=new.name).with_options(db_table=table)
        # Not through a name that another table has.
        first = script.state.model_of_table(moved.full_table) not in (None, old)
        name = old.name if first else new.name
        steps.insert(0 if first else len(steps), AlterModelSchema(name, schema))
    for step in steps:
        renamed = isinstance(step, RenameModel)
        script.run(step, key, new.key if renamed else key)
        key = new.key if renamed else key
