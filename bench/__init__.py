"""How fast it is, beside SQL written by hand that does the same writes in the same run: `python -m bench`."""
