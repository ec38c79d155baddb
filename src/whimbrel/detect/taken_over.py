"""
Foreign keys whose table goes while another model takes over its name.

Place: `detect`, above `script`. Such a key reads the same before and after and
yet means another table, so it is removed while it still means the old one.
"""

from __future__ import annotations

from collections.abc import Mapping

from whimbrel.detect.script import Script
from whimbrel.migrations import RemoveConstraint
from whimbrel.state.model import ModelKey, identity
from whimbrel.state.project import ProjectState
from whimbrel.state.tables import ForeignKeyConstraint


def loosen_keys(
    script: Script, after: ProjectState, renamed: Mapping[ModelKey, ModelKey]
) -> None:
    """
    Remove the foreign keys to deleted tables whose names come again.

    A model that is deleted too keeps its keys, unless the name goes to a table
    that is there already: both would have it for a while.

    Args:
        renamed: New → old key, as settled.
    """
    before = script.state.models
    new_keys = {old: new for new, old in renamed.items()}
    kept = {key for key in before if new_keys.get(key, key) in after.models}
    gone = {before[key].full_table: key for key in before.keys() - kept}
    if gone.keys().isdisjoint(model.full_table for model in after.models.values()):
        return
    stay = {after.models[new_keys.get(key, key)].full_table for key in kept}
    again = {model.full_table for model in after.models.values()}
    for key in sorted(before):
        taken = gone.keys() & (again if key in kept else stay)
        for constraint in before[key].constraints:
            if isinstance(constraint, ForeignKeyConstraint) and (
                constraint.target in taken and gone[constraint.target] != key
            ):
                name = before[key].name
                script.run(RemoveConstraint(name, identity(constraint)), key)
