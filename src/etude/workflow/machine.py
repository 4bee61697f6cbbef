"""The machine that figures are measured on, as a record whose id goes into timed stages' keys."""

from __future__ import annotations

import hashlib
import os
import platform
from functools import cache
from pathlib import Path

import psutil

from etude.records.run import Machine


@cache
def this_machine() -> Machine:
    """Processor, usable cores, memory, system and accelerator of this machine."""
    facts = {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else (os.cpu_count() or 1),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "accelerator": _accelerator(),
    }
    identity = hashlib.sha256(repr(sorted(facts.items())).encode()).hexdigest()[:12]
    return Machine.model_validate({"id": identity, **facts})


def _processor() -> str:
    """The model's name where the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _accelerator() -> str | None:
    """The first CUDA device's name. Asked of the driver's files: importing torch takes seconds."""
    for card in sorted(Path("/proc/driver/nvidia/gpus").glob("*/information")):
        for line in card.read_text(errors="replace").splitlines():
            if line.startswith("Model:"):
                return line.partition(":")[2].strip()
    return None
