"""One training step of a language model: a batch of prompts and targets in, the summed loss out.

Read ``_base`` (what a step gives), ``padded`` (the plain way), then ``choosing``.
"""

from __future__ import annotations

from etude.training.lm.steps._base import Step, StepLoss
from etude.training.lm.steps.batches import plan_batches
from etude.training.lm.steps.choosing import choose_step
from etude.training.lm.steps.entered import losses

__all__ = ["Step", "StepLoss", "choose_step", "losses", "plan_batches"]
