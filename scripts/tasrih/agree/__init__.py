"""Agreement between layers of the same articles, and the gold layer that comes of it."""
