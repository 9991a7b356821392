"""One module a workflow step: read files, call one wing of the package, write files."""
