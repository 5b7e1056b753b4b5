"""The register that is kept by hand: a desk officer looks and types what it gave (`created`, `same_person`).

It calls nothing and answers every question with `ByHand`.
"""

from __future__ import annotations

from workflow.identity_register import ByHand, RegisterAnswer, RegisterPerson


class ManualRegister:
    """The port `IdentityRegister` for a desk without a connection to the register."""

    manual = True

    def search(self, person: RegisterPerson) -> RegisterAnswer:
        """Leave the search to a person."""
        return ByHand()

    def create(self, person: RegisterPerson, *, idempotency_key: str, confirmed_distinct: bool) -> RegisterAnswer:
        """Leave the creation to a person."""
        return ByHand()
