"""vLLM as an engine, against a process that speaks its protocol."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.models._causal_folders import write_causal

from etude.errors import MissingDependency, ModelError
from etude.models._base import Message
from etude.models._causal import CausalModel
from etude.serving.config import ServingConfig, Vllm
from etude.serving.engines import _vllm_process
from etude.serving.engines._base import CannotDo, EngineDown, Piece, TooLong, Wanted
from etude.serving.engines.vllm import VllmEngine, Vllms
from etude.serving.opening import engine_of, engines_of

FAKE = Path(__file__).parent / "_fake_vllm.py"
ASKED = (Message("system", "Be brief."), Message("user", "Where is my card?"))


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    return write_causal(tmp_path_factory.mktemp("vllm") / "llama")


def adapted(base: Path, folder: Path, config: bool = True) -> CausalModel:
    """An adapter that is never loaded here."""
    folder.mkdir()
    if config:
        (folder / "adapter_config.json").write_text(json.dumps({"r": 8, "of": folder.name}))
    return CausalModel(folder.name, base, adapter=folder)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings(*arguments: str, **more: Any) -> Vllm:
    said = {"command": (sys.executable, str(FAKE)), "start_seconds": 10, "port": free_port()}
    return Vllm.model_validate(said | {"arguments": arguments} | more)


def with_vllms(run: Callable[[Vllms], Awaitable[None]], called: Vllm | None = None) -> None:
    async def everything() -> None:
        vllms = Vllms(called or settings())
        await run(vllms)
        assert not vllms._running, "every process has ended"

    asyncio.run(everything())


async def facts(vllms: Vllms) -> dict[str, Any]:
    [shared] = vllms._running.values()
    url = f"http://127.0.0.1:{shared.port}/facts"
    text = await asyncio.to_thread(lambda: urllib.request.urlopen(url).read())
    return dict(json.loads(text))


async def answer(engine: Any, **more: Any) -> list[Piece]:
    wanted = Wanted(**({"messages": ASKED} | more))
    return [piece async for piece in engine.generate(wanted)]


def test_adapters_of_one_base_share_a_process_and_prompts_go_over_as_ids(base, tmp_path):
    one, other = (adapted(base, tmp_path / name) for name in ("one", "other"))

    async def run(vllms: Vllms) -> None:
        engines = [await vllms.engine(model) for model in (CausalModel("b", base), one, other)]
        found = [await answer(engine, stop=("\n",), seed=3, logprobs=1) for engine in engines]
        told = [json.loads("".join(piece.text for piece in pieces)) for pieces in found]
        ids = one.format.prompt_ids(ASKED).tolist()
        names = [f"task-{model.fingerprint}" for model in (one, other)]
        assert [each.pop("model") for each in told] == ["base", *names]
        assert told[0] == {
            "prompt": ids,
            "max_tokens": one.window - len(ids),
            "stop_token_ids": list(one.format.stop_ids),
            "seed": 3,
            "stop": ["\n"],
            "temperature": 0.0,
        }
        assert found[0][-1].usage.tokens_in == len(ids)
        assert found[0][0].tokens[0].log == -0.5
        seen = await facts(vllms)
        assert seen["loaded"] == names
        assert seen["argv"][1] == str(base)
        assert "--enable-lora" in seen["argv"]
        assert (seen["VLLM_NO_USAGE_STATS"], seen["DO_NOT_TRACK"]) == ("1", "1")
        for engine in engines:
            await engine.close()
        with pytest.raises(ProcessLookupError):
            os.kill(seen["pid"], 0)

    with_vllms(run)


def test_forms_choices_and_limits(base):
    async def run(vllms: Vllms) -> None:
        model = CausalModel("b", base)
        engine = await vllms.engine(model)
        schema = '{"type": "integer"}'
        assert (await answer(engine, json_schema=schema))[-1].text == '{"type":"integer"}'
        choices = ("yes", "no")
        [chosen] = await answer(engine, choices=choices)
        targets = [model.format.target_ids(choice) for choice in choices]
        scores = np.array([-ids.sum() / 1000 for ids in targets])
        shares = np.exp(scores) / np.exp(scores).sum()
        assert chosen.choice_probabilities == pytest.approx(shares)
        assert chosen.text == choices[int(shares.argmax())]
        with pytest.raises(TooLong):
            await answer(engine, messages=(Message("user", "card " * 600),))
        with pytest.raises(CannotDo, match="schema"):
            await answer(engine, json_schema="no JSON")
        with pytest.raises(CannotDo, match="at once"):
            await answer(engine, choices=choices, json_schema=schema)
        await engine.close()

    with_vllms(run)


def test_a_process_that_dies_is_begun_again_but_not_for_ever(base, tmp_path, monkeypatch):
    monkeypatch.setattr(_vllm_process, "RESTARTS", 1)

    async def die(url: str) -> None:
        request = urllib.request.Request(f"{url}/die", b"{}")
        with contextlib.suppress(OSError):
            await asyncio.to_thread(urllib.request.urlopen, request)

    async def up(engine: Any, seconds: float) -> bool:
        for _ in range(int(seconds / 0.02)):
            try:
                await answer(engine)
            except EngineDown:
                await asyncio.sleep(0.02)
            else:
                return True
        return False

    async def run(vllms: Vllms) -> None:
        engine = await vllms.engine(adapted(base, tmp_path / "one"))
        [shared] = vllms._running.values()
        url = shared.starting.result().url
        first = (await facts(vllms))["pid"]
        assert await up(engine, 5)
        await die(url)
        assert await up(engine, 5), "begun again, its adapter loaded again"
        assert (await facts(vllms))["pid"] != first
        await die(url)
        await shared.starting.result()._watch
        with pytest.raises(EngineDown, match="not running"):
            await answer(engine)
        await engine.close()

    with_vllms(run)


def test_an_adapter_that_cannot_be_loaded_is_told_without_its_path(base, tmp_path):
    async def run(vllms: Vllms) -> None:
        model = adapted(base, tmp_path / "empty", config=False)
        engine = await vllms.engine(model)
        with pytest.raises(EngineDown, match="could not load") as error:
            await answer(engine)
        assert str(tmp_path) not in str(error.value)
        (tmp_path / "empty" / "adapter_config.json").write_text("{}")
        assert await answer(engine), "the next request tries again"
        await engine.close()

    with_vllms(run)


@pytest.mark.parametrize(
    ("called", "error", "words"),
    [
        (settings(command=("/no/such/vllm",)), MissingDependency, "can't be started"),
        (settings("--broken"), ModelError, "code 7; its last words:\nnot enough memory"),
        (settings("--mute", start_seconds=0.3), ModelError, "did not answer within 0.3 s"),
    ],
)
def test_what_keeps_it_from_starting_is_said(base, called, error, words):
    async def run(vllms: Vllms) -> None:
        with pytest.raises(error, match=words):
            await vllms.engine(CausalModel("b", base))

    with_vllms(run, called)


def test_a_port_that_is_taken_is_named(base):
    async def run(vllms: Vllms) -> None:
        with pytest.raises(ModelError, match=f"port {vllms.settings.port}"):
            await vllms.engine(CausalModel("b", base))

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with_vllms(run, settings(port=taken.getsockname()[1]))


STARTER = """
import subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, start_new_session=True)
child.wait()
"""


def test_a_killed_server_takes_its_process_with_it_and_all_that_it_began():
    begins = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]]).wait()"
    lives = "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    lives += "print(os.getpid(), flush=True); time.sleep(60)"
    command = [sys.executable, "-I", "-S", _vllm_process.LEASH]
    command += [sys.executable, "-c", begins, lives]
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", STARTER, *command], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline().strip().isdigit()
        server.kill()
        server.wait()
        assert server.stdout.read() == "", "ends when nobody is left who could write to it"


def test_the_process_is_on_that_leash(base):
    async def run(vllms: Vllms) -> None:
        engine = await vllms.engine(CausalModel("b", base))
        pid = (await facts(vllms))["pid"]
        [shared] = vllms._running.values()
        process = shared.starting.result()
        process._stopping = True
        process._process.stdin.close()
        assert await asyncio.wait_for(process._process.wait(), 10) == -signal.SIGKILL
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        await engine.close()

    with_vllms(run)


def test_the_settings_say_what_computes(base):
    async def run(_: Vllms) -> None:
        engine = await engines_of(ServingConfig(engine="vllm", vllm=settings()))(
            CausalModel("b", base)
        )
        assert isinstance(engine, VllmEngine)
        await engine.close()

    with_vllms(run)
    assert engines_of(ServingConfig()) is engine_of
