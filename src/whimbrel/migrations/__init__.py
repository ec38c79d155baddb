"""What a migration file says: the migration and its operations."""
