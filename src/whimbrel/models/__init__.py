"""What a models.py says: Django-style models."""
