"""
Hypothesis strategies for project states and pairs of them.

Place: `testing`. SQLAlchemy-style schemas come from `schemas` and
`schema_pairs`; Django-style projects from `projects` and `project_pairs`.
"""

from __future__ import annotations

from whimbrel.testing.strategies.edits import SchemaPair, schema_pairs
from whimbrel.testing.strategies.schemas import schemas
from whimbrel.testing.strategies.specs import SchemaSpec, metadata_of

__all__ = ["SchemaPair", "SchemaSpec", "metadata_of", "schema_pairs", "schemas"]
