"""The whole way through `etude serve`, as a process, with the unmodified Node client of OpenAI.

Skips where there is no Node, or no `openai` package: ``npm install --prefix build/node openai`` (or a
folder of packages in ``ETUDE_NODE_MODULES``).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests._children import ETUDE, Child
from tests.jobs._made import EXAMPLES, lines, tiny

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = Path(os.environ.get("ETUDE_NODE_MODULES", ROOT / "build" / "node" / "node_modules"))
NODE = shutil.which("node")

pytestmark = [
    pytest.mark.skipif(NODE is None, reason="no node on this machine"),
    pytest.mark.skipif(
        not (PACKAGES / "openai").is_dir(),
        reason="no openai package of Node: npm install --prefix build/node openai@6",
    ),
]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    tiny(tmp_path)
    words = ["serve", "--port", "0", "--tune", "tiny=./tiny", "--json", "--quiet"]
    env = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    server = Child(ETUDE, *words, "--project", tmp_path, env=env)
    try:
        while not server.out.endswith("\n"):
            assert server.poll() is None, "it ended before it listened"
            time.sleep(0.05)
        yield json.loads(server.out.splitlines()[0])["address"]
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(60) == 0


def test_the_journey_of_a_node_script(address: str, tmp_path: Path) -> None:
    training = tmp_path / "chats.jsonl"
    training.write_bytes(lines(EXAMPLES))
    assert NODE is not None
    script = Path(__file__).parent / "node" / "journey.mjs"
    done = subprocess.run(
        [NODE, str(script), address, str(training), str(PACKAGES)],
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["file"] == ["file", "fine-tune", True]
    assert seen["content"]
    assert seen["job"] == ["fine_tuning.job", 7, {"by": "node"}, True]
    assert (seen["status"], seen["error"]) == ("succeeded", None)
    assert seen["model"].startswith("ft:tiny:local:from-node:")
    assert {"message", "metrics"} <= set(seen["events"])
    assert seen["checkpoints"]
    assert seen["checkpoints"][0][1] == "number"
    assert seen["csv"] == "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy"
    assert seen["chat"] == ["chat.completion", "assistant", True]
    assert seen["streamed"]
    assert seen["held"] == ["paused", True, "cancelled", "cancelled"]
    assert seen["embeddings"] == [2, 384]
    assert {seen["model"], "builtin:starter"} <= set(seen["models"])
    assert seen["errors"] == ["NotFoundError", "BadRequestError"]
