"""The package ``gepa``, which is an extra: loaded here and nowhere else.

It sends nothing anywhere by itself: its trackers (Weights & Biases, MLflow) are off unless they are
asked for, and its own client for models is loaded only where none is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from etude.errors import MissingDependency


@dataclass(frozen=True)
class Optimizer:
    """What is used of it: the search, what a batch of answers is handed over in, and how failures are
    laid out for whoever rewrites and the answer is read."""

    optimize: Callable[..., Any]
    batch: Callable[..., Any]
    layout: Any


def optimizer() -> Optimizer:
    """The package.

    Raises:
        MissingDependency: it is not installed.
    """
    try:
        from gepa.api import optimize
        from gepa.core.adapter import EvaluationBatch
        from gepa.strategies.instruction_proposal import InstructionProposalSignature
    except ImportError as error:
        raise MissingDependency(
            "improving the instructions needs the package gepa, which is not installed",
            where="etude.yaml, improve",
            hint="pip install 'etude[improve]', or take `improve` out of etude.yaml",
        ) from error
    return Optimizer(optimize, EvaluationBatch, InstructionProposalSignature)


def optimizer_version() -> str:
    """Of the package; "" where it is not installed."""
    try:
        return metadata.version("gepa")
    except metadata.PackageNotFoundError:
        return ""
