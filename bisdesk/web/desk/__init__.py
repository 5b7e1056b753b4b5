"""The officers' desk: routes, pages and words of their own over the same use cases as the command line."""
