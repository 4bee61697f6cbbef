"""``doctor``: what this machine can do, what is missing, and the line that installs it.

It looks and asks nothing of the network. Unless devices are asked for it imports no torch, so that
it still answers where torch is missing or broken.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import asdict, dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from etude import __version__
from etude.records.run import Machine
from etude.records.task import ModelRef, Task
from etude.workflow.machine import this_machine

NEEDED = (
    "torch",
    "scikit-learn",
    "scipy",
    "numpy",
    "polars",
    "tokenizers",
    "safetensors",
    "sqlalchemy",
    "pydantic",
)
"""Distributions that the main job runs on."""
OPTIONAL = {"transformers": "pip install transformers", "openai": "pip install openai"}
FLAGS = {
    "avx2": "AVX2",
    "avx512f": "AVX-512",
    "avx512_bf16": "bf16",
    "amx_bf16": "bf16 (AMX)",
    "bf16": "bf16",
}
"""Processor flags that make the work faster, as people know them."""
LITTLE_DISK_GB = 2.0


@dataclass(frozen=True)
class Library:
    """A library: its version, or None and the line that installs it."""

    name: str
    version: str | None
    needed: bool
    install: str


@dataclass(frozen=True)
class ModelState:
    """A model: whether it can be loaded here, and what to do where it can't."""

    name: str
    ready: bool
    sentence: str
    hint: str | None = None


@dataclass(frozen=True)
class Device:
    """Something that computes."""

    name: str
    detail: str


@dataclass(frozen=True)
class Doctor:
    """What was found. ``can_run``: the main job runs with at least one model."""

    version: str
    machine: Machine
    devices: tuple[Device, ...]
    libraries: tuple[Library, ...]
    models: tuple[ModelState, ...]
    disk_gb: float
    missing: tuple[str, ...]
    """What stands in the way, each with what to type."""

    @property
    def can_run(self) -> bool:
        """Whether the main job can run here."""
        return not self.missing

    def to_json(self) -> dict[str, Any]:
        """The versioned shape of ``etude doctor --json``."""
        return {
            "schema": 1,
            "can_run": self.can_run,
            "etude": self.version,
            "machine": self.machine.model_dump(mode="json"),
            "devices": [asdict(device) for device in self.devices],
            "libraries": [asdict(library) for library in self.libraries],
            "models": [asdict(model) for model in self.models],
            "disk_gb": self.disk_gb,
            "missing": list(self.missing),
        }


def doctor(root: Path | None = None, task: Task | None = None, *, devices: bool = False) -> Doctor:
    """Look at this machine; with a project, at what its task needs too.

    Args:
        root: the project's folder, for the free space; None: the temporary folder's.
        task: whose models are looked at besides the builtin one.
        devices: ask torch for its devices (imports it: seconds).
    """
    libraries = _libraries()
    models = _models(task)
    disk = round(shutil.disk_usage(root or tempfile.gettempdir()).free / 2**30, 1)
    return Doctor(
        version=__version__,
        machine=this_machine(),
        devices=(_processor(), *(_torch_devices() if devices else _seen_cards())),
        libraries=libraries,
        models=models,
        disk_gb=disk,
        missing=_missing(libraries, models, task, disk),
    )


def _libraries() -> tuple[Library, ...]:
    found = [Library(name, _version(name), True, f"pip install {name}") for name in NEEDED]
    found += [Library(name, _version(name), False, line) for name, line in OPTIONAL.items()]
    return tuple(found)


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _models(task: Task | None) -> tuple[ModelState, ...]:
    """The kinds of models, then those of the task that are none of them."""
    if any(find_spec(name) is None for name in ("numpy", "pydantic")):
        return ()
    from etude.models.opening import describe

    kinds = tuple(ModelState(a.name, a.ready, a.sentence, a.hint) for a in describe())
    kinds += _of_names()
    ready = {state.name: state.ready for state in kinds}
    known = set(ready)
    named = [ref for ref in (task.models if task else ()) if ref.name not in known]
    return (*kinds, *(_of_task(reference, ready) for reference in named))


def _of_names() -> tuple[ModelState, ...]:
    """What finds people's names that nothing in a text leads to."""
    if find_spec("polars") is None:
        return ()
    from etude.privacy import presidio

    what = "people's names in the middle of sentences, for etude check"
    missing = presidio.missing()
    if missing is None:
        return (ModelState("names in texts", True, f"{what}: {presidio.state()}"),)
    found, hint = missing
    return (ModelState("names in texts", False, f"{what}: {found}", hint),)


def _of_task(reference: ModelRef, ready: dict[str, bool]) -> ModelState:
    """One model that the task file names; nothing is downloaded or asked."""
    endpoint = reference.openai
    if endpoint is not None:
        variable = endpoint.api_key_env
        where = f"{endpoint.model} at {endpoint.base_url.partition('@')[2] or endpoint.base_url}"
        if variable and not os.environ.get(variable):
            return ModelState(
                reference.name,
                False,
                f"{where}: the key {variable} is not set",
                f"export {variable}=…",
            )
        return ModelState(reference.name, ready.get("endpoints", False), f"{where}; not asked now")
    if Path(reference.name).expanduser().is_dir():
        return ModelState(reference.name, True, "a folder on this machine")
    return ModelState(
        reference.name,
        ready.get("other encoders", False),
        "from the Hugging Face hub, if it is not on this machine yet",
        None if ready.get("other encoders") else OPTIONAL["transformers"],
    )


def _missing(
    libraries: tuple[Library, ...], models: tuple[ModelState, ...], task: Task | None, disk: float
) -> tuple[str, ...]:
    found = [
        f"{library.name} is not installed: {library.install}"
        for library in libraries
        if library.needed and library.version is None
    ]
    wanted = {ref.name for ref in task.models} if task else {"builtin:minilm"}
    of_task = [state for state in models if state.name in wanted]
    if of_task and not any(state.ready for state in of_task):
        found += [
            f"{state.name}: {state.sentence}" + (f": {state.hint}" if state.hint else "")
            for state in of_task
        ]
    if disk < LITTLE_DISK_GB:
        found.append(f"only {disk} GB are free on the disk: make at least {LITTLE_DISK_GB:g} GB")
    return tuple(found)


def _processor() -> Device:
    flags = _processor_flags()
    fast = sorted({plain for flag, plain in FLAGS.items() if flag in flags})
    machine = this_machine()
    detail = f"{machine.cores} cores, {machine.memory_gb} GB memory"
    return Device(machine.processor, detail + (f"; {', '.join(fast)}" if fast else ""))


def _processor_flags() -> frozenset[str]:
    """What the processor can do, where the system tells it (Linux)."""
    info = Path("/proc/cpuinfo")
    for line in info.read_text(errors="replace").splitlines() if info.exists() else ():
        name, _, value = line.partition(":")
        if name.strip() in ("flags", "Features"):
            return frozenset(value.split())
    return frozenset()


def _seen_cards() -> tuple[Device, ...]:
    """A graphics card as the driver tells it, without torch."""
    card = this_machine().accelerator
    return (
        (Device(card, "seen by its driver; --devices asks torch whether it can use it"),)
        if card
        else ()
    )


def _torch_devices() -> tuple[Device, ...]:
    """What torch can compute on, or why it can't be asked."""
    try:
        import torch
    except (ImportError, OSError) as error:  # a broken build fails to load its own libraries
        return (Device("torch", f"can't be loaded: {error}"),)
    cards = [
        Device(
            torch.cuda.get_device_name(i),
            f"CUDA, {torch.cuda.get_device_properties(i).total_memory / 2**30:.0f} GB",
        )
        for i in range(torch.cuda.device_count())
    ]
    if torch.backends.mps.is_available():
        cards.append(Device("Apple GPU", "MPS"))
    return (Device("torch", f"{torch.__version__}, {torch.get_num_threads()} threads"), *cards)
