"""One file per lifecycle: a state table and nothing else; its guards stand beside it."""
