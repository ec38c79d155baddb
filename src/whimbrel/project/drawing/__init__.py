"""Pictures of the graph of migrations and of a schema."""
