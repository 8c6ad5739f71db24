"""Every change to what is owed: each locks the contract, checks, writes and audits in one transaction."""
