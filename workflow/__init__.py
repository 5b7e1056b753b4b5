"""What may happen: lifecycles, the corridor, use cases. No SQL, SMTP, HTTP, clock or environment."""
