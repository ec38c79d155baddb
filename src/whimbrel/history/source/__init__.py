"""Python source as data: expressions, their layout, the imports they need."""
