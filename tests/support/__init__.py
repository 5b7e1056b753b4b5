"""What tests and checks share: servers, generated pages, the ledger of facts, the parts a machine may lack."""
