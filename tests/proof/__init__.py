"""The proof of delivery: many messages through providers that fail in every scripted way; see docs/delivery.md."""
