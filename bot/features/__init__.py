"""One folder, one room; rooms never import each other."""
