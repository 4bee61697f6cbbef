"""Which examples are copies of one another: shared by the audits that ask it."""
