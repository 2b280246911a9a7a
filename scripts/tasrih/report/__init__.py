"""What people look at: one article with its annotations, as a page and in a terminal."""
