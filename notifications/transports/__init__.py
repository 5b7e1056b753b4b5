"""One file per provider: the only modules that talk SMTP or HTTP to a message provider."""
