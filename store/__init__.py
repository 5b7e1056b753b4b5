"""How it is kept: tables, sealing, repositories, the one transaction. Knows no rule of the lifecycles."""
