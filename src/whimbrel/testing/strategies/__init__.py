"""
Hypothesis strategies for project states and pairs of them.

Place: `testing`. SQLAlchemy-style schemas come from `schemas` and
`schema_pairs`; Django-style projects from `projects` and `project_pairs`.
"""

from __future__ import annotations

from whimbrel.testing.strategies.bench import ProjectPair
from whimbrel.testing.strategies.building import metadata_of
from whimbrel.testing.strategies.edits import SchemaPair, schema_pairs
from whimbrel.testing.strategies.model_specs import ProjectSpec
from whimbrel.testing.strategies.model_states import state_of
from whimbrel.testing.strategies.project_edits import project_pairs
from whimbrel.testing.strategies.projects import projects
from whimbrel.testing.strategies.schemas import schemas
from whimbrel.testing.strategies.specs import SchemaSpec

__all__ = [
    "ProjectPair",
    "ProjectSpec",
    "SchemaPair",
    "SchemaSpec",
    "metadata_of",
    "project_pairs",
    "projects",
    "schema_pairs",
    "schemas",
    "state_of",
]
