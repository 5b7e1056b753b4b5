"""The sign-in of officers by OpenID Connect: a client that knows no web framework and no store."""
