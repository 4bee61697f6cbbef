"""Pure functions of records: bars, dominance, economics, the decision."""
