"""From states to statements."""
