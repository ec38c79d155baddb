"""Public test tools: laws, strategies, the catalog of a database."""
