"""How it is said: message texts, their delivery and its outcomes. Knows nothing of SQL or of the doors."""
