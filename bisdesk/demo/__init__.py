"""The whole story on invented people and a virtual clock; it goes through the same doors as everybody else."""
