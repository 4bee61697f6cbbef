"""A project on disk: cached units, dataset versions, runs, the ledger, paid responses.

Importing it brings neither SQLAlchemy nor alembic.
"""

from etude.store.store import Store
from etude.store.units import Pruned, Unit

__all__ = ["Pruned", "Store", "Unit"]
