"""The applicant's site: from the mail on a phone to an active digital key, in four languages."""
