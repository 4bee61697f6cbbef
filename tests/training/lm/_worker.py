"""A process that a launcher starts: the worker, with the tiny model."""

from __future__ import annotations

import sys

import torch

from etude.training.lm import worker
from tests.training.lm._tiny import TinySource

if __name__ == "__main__":
    torch.set_num_threads(1)
    sys.exit(worker.main(sys.argv[1:], lambda reference: TinySource()))
