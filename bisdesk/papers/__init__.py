"""Papers that people hand in, made safe to keep and to look at. A tool of the doors: it knows no HTTP and no store."""
