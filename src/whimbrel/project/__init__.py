"""Configuration and the facade."""
