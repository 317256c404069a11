"""One folder, one platform; platforms never import each other."""
