"""What changed between two states: operations and questions."""
