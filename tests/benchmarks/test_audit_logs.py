"""Logs in which nothing was planted are told and printed with the examples nearest to them."""

from __future__ import annotations

import pytest

import _audit_logs
import _audit_material
from tests._fakes import FakeEmbedder
from tests.audit.test_coverage import KNOWN, NEW, said


def test_what_is_told_of_a_log_is_printed_with_the_nearest_example(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known = [
        {"text": text} for at, words in enumerate(KNOWN.values()) for text in said(words, 60, at)
    ]
    usual = [
        {"text": text}
        for at, words in enumerate(KNOWN.values())
        for text in said(words, 60, at + 10)
    ]
    new = [{"text": text} for text in said(NEW, 40, 99)]
    embed = FakeEmbedder(256).embed
    for module in (_audit_logs, _audit_material):
        monkeypatch.setattr(module, "embedder", lambda: embed)
    logs = {
        "bank": lambda: _audit_logs.beside(known, usual + new),
        "later": lambda: _audit_logs.beside(known, usual),
    }
    monkeypatch.setattr(_audit_logs, "BESIDE", logs)
    assert _audit_logs.show("later", 5)["clusters"] == 0
    capsys.readouterr()
    counts = _audit_logs.show("bank", 1)
    shown = capsys.readouterr().out.splitlines()
    assert counts["clusters"] >= 1
    assert counts["told"] >= 20
    assert next(line for line in shown if line.startswith("  ")).startswith("  1. ")
    assert not any(line.startswith("  2. ") for line in shown)
    texts = {row["text"] for row in new}
    assert all(line.split("'")[1] in texts for line in shown if line.startswith("      "))
