"""Running migrations: the only holder of a connection."""
