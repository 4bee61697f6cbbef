"""One recogniser a file: ``registry`` finds them by name."""

from __future__ import annotations

from etude.registry import Registry

registry = Registry("etude.privacy.recognisers", "RECOGNISER", "recogniser")
