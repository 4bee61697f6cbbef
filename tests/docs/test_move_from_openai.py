"""The script of the page on moving from OpenAI runs as it stands, but for the address."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
import yaml

from tests.docs._pages import blocks, page
from tests.jobs._made import EXAMPLES, lines, tiny
from tests.serving._inside import serving
from tests.serving._live import live, working

PAGE = "how-to/move-from-openai.md"
ADDRESS = "http://127.0.0.1:8000/v1"


def test_the_script_runs_with_the_settings_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = page(PAGE)
    (settings,), (script,) = blocks(text, "yaml"), blocks(text, "python")
    assert script.count(ADDRESS) == 1
    said = yaml.safe_load(settings)
    assert said["tuning"]["models"] == {"gpt-4.1-mini": "builtin:starter"}
    tiny(tmp_path)
    said["tuning"]["models"]["gpt-4.1-mini"] = "tiny"  # a smaller one, for the time it takes
    said["tuning"]["workers"] = 0  # the worker is in this process
    (tmp_path / "chats.jsonl").write_bytes(lines(EXAMPLES))
    monkeypatch.chdir(tmp_path)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    services = serving(tmp_path, **said)
    with live(services) as address, working(services.store):
        code = script.replace(ADDRESS, address).replace("sleep(1)", "sleep(0.05)")
        exec(compile(code, PAGE, "exec"), {"__name__": "__main__"})
    torch.set_num_threads(threads)
    shown = capsys.readouterr().out
    assert "warn gpt-4.1-mini is not on this server" in shown
    assert "info The job has successfully completed" in shown
    assert re.search(r"ft:tiny:acme:support:\w{8}:ckpt-step-\d+ \d", shown)
    assert "step,train_loss,train_accuracy" in shown
