"""What a find of personal data hangs on besides the text: the recognisers, by their code."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

from etude.privacy._find import all_recognisers
from etude.privacy.recognisers import registry

_FOLDER = Path(__file__).parent


@cache
def state() -> str:
    """16 hex digits that change with any recogniser, one that others have installed among them."""
    digest = hashlib.sha256()
    for path in sorted(_FOLDER.rglob("*.py")):
        digest.update(f"{path.relative_to(_FOLDER)}:".encode() + path.read_bytes())
    all_recognisers()  # so that the modules of others are there
    for entry in sorted(metadata.entry_points(group=registry.package), key=lambda one: one.name):
        digest.update(f"{entry.name}={entry.value}:".encode())
        source = getattr(sys.modules.get(entry.module), "__file__", None)
        if source is not None:
            digest.update(Path(source).read_bytes())
    return digest.hexdigest()[:16]
