"""llama.cpp's own programs, where they are installed: its converter, and its server to try the result.

They are found on the PATH, or in the folder that ``ETUDE_LLAMA_CPP`` names (a checkout of llama.cpp,
or where its programs lie). Nothing of theirs is imported.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from etude.errors import MissingDependency, ModelError

VARIABLE = "ETUDE_LLAMA_CPP"
CONVERTER = "convert_hf_to_gguf.py"
SERVER = "llama-server"
_converting = Path(__file__).with_name("_converting.py")
_PLACES = ("", "bin", "build/bin")
_STARTING_S = 120.0
_LAST_LINES = 3


def converter() -> Path:
    """The converter's script.

    Raises:
        MissingDependency: it is not installed.
    """
    found = _find(CONVERTER)
    if found is None:
        raise MissingDependency(
            f"GGUF files are made by llama.cpp's {CONVERTER}, which is not on this machine",
            hint="git clone https://github.com/ggml-org/llama.cpp, pip install -r its "
            f"requirements.txt, and set {VARIABLE} to that folder",
        )
    return found


def convert(folder: Path, target: Path, precision: str) -> None:
    """Whole weights in ``folder`` as one GGUF file.

    Raises:
        MissingDependency: the converter is not installed.
        ModelError: it fails; its last words are told.
    """
    script = converter()
    command = [str(script), str(folder), "--outfile", str(target), "--outtype", precision]
    rules = rules_of(folder)
    if rules is not None:
        command = [str(_converting), rules, *command]
    command = [sys.executable, *command]
    done = subprocess.run(  # noqa: S603 - the program that the person installed
        command, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode != 0 or not target.is_file() or target.stat().st_size == 0:
        words = (done.stderr or done.stdout).strip().splitlines()[-_LAST_LINES:]
        raise ModelError(
            f"llama.cpp's converter ended with {done.returncode}: {' / '.join(words) or 'no word'}",
            where=str(script),
            hint="does this llama.cpp know the model's architecture? A newer one may",
        )


def rules_of(folder: Path) -> str | None:
    """llama.cpp's name for how the tokenizer in ``folder`` cuts texts into words, where its file
    states rules that have one whatever the vocabulary is; else the converter must know it.

    ``smollm``: every digit alone, then GPT-2's pattern.
    """
    try:
        stated = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
        steps = stated["pre_tokenizer"]["pretokenizers"]
        digits, words = steps
        if stated["normalizer"] is not None or stated["model"]["type"] != "BPE":
            return None
        alone = digits["type"] == "Digits" and digits["individual_digits"]
        plain = (
            words["type"] == "ByteLevel" and words["use_regex"] and not words["add_prefix_space"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return "smollm" if alone and plain else None


@contextmanager
def served(model: Path, window: int) -> Iterator[str]:
    """The address of llama.cpp's server with this file, for as long as it is needed.

    Raises:
        MissingDependency: the server is not installed.
        ModelError: it does not start.
    """
    program = _find(SERVER)
    if program is None:
        raise MissingDependency(
            f"what the GGUF file answers can't be tried: {SERVER} is not on this machine",
            hint=f"build llama.cpp and set {VARIABLE} to its folder",
        )
    port = _free_port()
    command = [str(program), "-m", str(model), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--ctx-size", str(window), "--jinja"]
    process = subprocess.Popen(  # noqa: S603 - the program that the person installed
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    try:
        _wait(process, port, program)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, program: Path) -> None:
    until = time.monotonic() + _STARTING_S
    while time.monotonic() < until and process.poll() is None:
        with (
            suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as reply,
        ):
            if reply.status == 200:
                return
        time.sleep(0.05)
    raise ModelError(
        f"{SERVER} did not start",
        where=str(program),
        hint=f"try it by hand: {SERVER} -m FILE.gguf",
    )


def _free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        port: int = asking.getsockname()[1]
    return port


def _find(name: str) -> Path | None:
    home = os.environ.get(VARIABLE)
    for place in _PLACES if home else ():
        path = Path(str(home)).expanduser() / place / name
        if path.is_file():
            return path
    found = shutil.which(name)
    return Path(found) if found else None
