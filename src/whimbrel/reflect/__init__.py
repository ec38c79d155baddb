"""Reading models and databases."""
