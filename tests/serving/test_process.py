"""``etude serve`` as a process behind TLS: what is wrong with a pair, and a stop in good order."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import openai
import pytest
import yaml
from tests.models._server import Call, Server
from tests.serving.engines.test_endpoint import said

from etude.errors import UsageError
from etude.serving.config import ServingConfig
from etude.serving.running import Server as Serving

SECONDS = 60
Pair = tuple[Path, Path]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> list[Pair]:
    """Two certificates for this machine, each signed by itself, with their keys."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed, which makes a certificate")
    folder = tmp_path_factory.mktemp("tls")
    made = [(folder / f"{name}.pem", folder / f"{name}.key") for name in "ab"]
    for certificate, key in made:
        asked = (
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
            f"-subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -out {certificate} -keyout {key}"
        )
        subprocess.run([openssl, *asked.split()], check=True, capture_output=True)
    return made


def test_a_pair_that_is_none_is_told_at_the_start(tmp_path: Path, pairs: list[Pair]) -> None:
    (certificate, key), (_, other) = pairs
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("hello")
    for one, two, words in (
        (certificate, other, "the key is not this certificate's"),
        (nonsense, key, "can't be read as PEM"),
        (key, certificate, "can't be read as PEM"),
        (certificate, nonsense, "can't be read as PEM"),
    ):
        config = ServingConfig(tls_cert=one, tls_key=two)
        with pytest.raises(UsageError, match=words):
            Serving.prepared(tmp_path, config, lambda text: None)


def test_a_request_under_way_is_answered_behind_tls_before_the_server_ends(
    tmp_path: Path, pairs: list[Pair]
) -> None:
    certificate, key = pairs[0]
    asked, go = threading.Event(), threading.Event()

    def held(call: Call) -> None:
        asked.set()
        assert go.wait(SECONDS)
        said(call)

    with Server(held) as far, ThreadPoolExecutor(1) as callers:
        models = {"far": {"openai": {"base_url": far.url, "model": "m"}}}
        (tmp_path / "serve.yaml").write_text(yaml.safe_dump({"models": models}))
        process = subprocess.Popen(
            [
                sys.executable, "-m", "etude.cli.main", "serve", "--port", "0", "--json", "--quiet",
                "--workers", "0", "--tls-cert", str(certificate), "--tls-key", str(key),
            ],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            address = json.loads(process.stdout.readline())["address"]
            assert address.startswith("https://")
            answer = callers.submit(ask, address, certificate)
            assert asked.wait(SECONDS)
            process.send_signal(signal.SIGTERM)
            until = time.monotonic() + SECONDS
            while listens(address):
                assert time.monotonic() < until
                time.sleep(0.01)
            go.set()
            assert answer.result(SECONDS) == "on its way"
            assert process.wait(SECONDS) in (0, -signal.SIGTERM)
        finally:
            go.set()
            process.kill()
            process.wait()


def ask(address: str, certificate: Path) -> str | None:
    trusted = ssl.create_default_context(cafile=str(certificate))
    with openai.OpenAI(
        base_url=f"{address}/v1",
        api_key="any",
        max_retries=0,
        http_client=openai.DefaultHttpxClient(verify=trusted),
    ) as client:
        found = client.chat.completions.create(
            model="far", messages=[{"role": "user", "content": "Where is my card?"}]
        )
    return found.choices[0].message.content


def listens(address: str) -> bool:
    place = urlsplit(address)
    try:
        socket.create_connection((place.hostname or "", place.port or 0), 1).close()
    except OSError:
        return False
    return True
