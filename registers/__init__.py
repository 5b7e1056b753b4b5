"""What we call: the BIS register, by simulator or by hand. Knows nothing of storage."""
