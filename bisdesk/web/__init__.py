"""The door for programs over HTTP: receipts of providers, health, metrics."""
