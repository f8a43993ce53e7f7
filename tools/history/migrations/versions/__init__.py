"""One module a version, each a step from the one before."""
