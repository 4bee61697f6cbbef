"""Compiled kernels are kept up to a number, which the environment may set."""

from __future__ import annotations

import os

import pytest

from etude.models import _kernels


def test_kernels_are_bounded_unless_the_environment_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = _kernels.SETTINGS
    monkeypatch.delenv(first, raising=False)
    monkeypatch.setenv(second, "7")
    _kernels.bound_kernels()
    assert os.environ[first] == str(_kernels.KEPT)
    assert os.environ[second] == "7"
