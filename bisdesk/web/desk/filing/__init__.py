"""Filing a request at the desk: eligibility, five checks, the person, papers, one look over it all (E1-E18)."""
