"""The recipe's files are scripts that import one another by name, as when they are run."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "recipes" / "starter"))
