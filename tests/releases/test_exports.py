"""Forms for other engines: llama.cpp's programs where they are, a clear word where not; a hub."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from etude import models
from etude.errors import MissingDependency, ModelError, UsageError
from etude.models._chat_format import TemplateFormat
from etude.releases import hub
from etude.releases.exports import _llama
from etude.releases.exports._base import export_format, registry
from etude.releases.exports.gguf import template
from tests.models._causal_folders import make_tokenizer

CONVERTER = """\
import argparse, pathlib, sys
asked = argparse.ArgumentParser()
asked.add_argument("folder"); asked.add_argument("--outfile"); asked.add_argument("--outtype")
asked = asked.parse_args()
if not (pathlib.Path(asked.folder) / "config.json").exists():
    sys.exit("no config.json in it")
pathlib.Path(asked.outfile).write_text("GGUF " + asked.outtype)
"""


@pytest.fixture
def llama(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "llama.cpp"
    home.mkdir()
    (home / _llama.CONVERTER).write_text(CONVERTER)
    monkeypatch.setenv(_llama.VARIABLE, str(home))
    return home


def test_the_installed_converter_is_run(tmp_path: Path, llama: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    _llama.convert(tmp_path, tmp_path / "model.gguf", "q8_0")
    assert (tmp_path / "model.gguf").read_text() == "GGUF q8_0"


KNOWING = """\
import argparse, pathlib
class TextModel:
    def get_vocab_base_pre(self, tokenizer):
        raise NotImplementedError("BPE pre-tokenizer was not recognized")
class Llama(TextModel):
    pass
def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("folder"); asked.add_argument("--outfile"); asked.add_argument("--outtype")
    asked = asked.parse_args()
    pre = Llama().get_vocab_base_pre(None)
    pathlib.Path(asked.outfile).write_text(f"GGUF {asked.outtype} {pre}")
if __name__ == "__main__":
    main()
"""


def test_the_starters_rules_are_named_though_the_converter_cannot_know_its_vocabulary(
    tmp_path: Path, llama: Path
) -> None:
    (llama / _llama.CONVERTER).write_text(KNOWING)
    starter = Path(models.__file__).parent / "starter"
    _llama.convert(starter, tmp_path / "model.gguf", "f16")
    assert (tmp_path / "model.gguf").read_text() == "GGUF f16 smollm"
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="BPE pre-tokenizer was not recognized"):
        _llama.convert(tmp_path, tmp_path / "other.gguf", "f16")


def test_rules_are_read_off_a_tokenizers_own_file(tmp_path: Path) -> None:
    starter = json.loads((Path(models.__file__).parent / "starter/tokenizer.json").read_text())
    digits, words = starter["pre_tokenizer"]["pretokenizers"]

    def rules(**changed: object) -> str | None:
        (tmp_path / "tokenizer.json").write_text(json.dumps(starter | changed))
        return _llama.rules_of(tmp_path)

    assert rules() == "smollm"
    spaced = {"pretokenizers": [digits, words | {"add_prefix_space": True}]}
    together = {"pretokenizers": [digits | {"individual_digits": False}, words]}
    for other in (spaced, together, {"pretokenizers": [words]}, words, None):
        assert rules(pre_tokenizer=other) is None
    assert rules(normalizer={"type": "NFC"}) is None


def test_its_last_words_are_told(tmp_path: Path, llama: Path) -> None:
    with pytest.raises(ModelError, match=r"ended with 1: no config\.json in it"):
        _llama.convert(tmp_path, tmp_path / "model.gguf", "f16")


def test_a_missing_converter_and_a_missing_server_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(_llama.VARIABLE, str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingDependency, match="not on this machine") as caught:
        _llama.converter()
    assert _llama.VARIABLE in str(caught.value.hint)
    with (
        pytest.raises(MissingDependency, match="can't be tried"),
        _llama.served(tmp_path / "x", 64),
    ):
        pass


@pytest.mark.skipif(os.name == "nt", reason="a script is no program there")
def test_a_server_is_waited_for_and_ended(llama: Path) -> None:
    program = llama / _llama.SERVER
    program.write_text(
        f"#!{sys.executable}\n"
        "import sys\nfrom http.server import BaseHTTPRequestHandler, HTTPServer\n"
        "class H(BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n        self.send_response(200); self.end_headers()\n"
        "    def log_message(self, *a): pass\n"
        "port = int(sys.argv[sys.argv.index('--port') + 1])\n"
        "HTTPServer(('127.0.0.1', port), H).serve_forever()\n"
    )
    program.chmod(0o755)
    with _llama.served(llama / "model.gguf", 64) as address:
        assert address.startswith("http://127.0.0.1:")
    program.write_text(f"#!{sys.executable}\nraise SystemExit(3)\n")
    with pytest.raises(ModelError, match="did not start"), _llama.served(llama / "x", 64):
        pass


def test_the_template_in_ollamas_language() -> None:
    said = template(TemplateFormat(make_tokenizer(), "tiny"))
    assert said == (
        "{{ if .System }}<|im_start|>system\n{{ .System }}<|im_end|>\n<|im_start|>user\n"
        "{{ .Prompt }}<|im_end|>\n<|im_start|>assistant\n{{ else }}<|im_start|>user\n"
        "{{ .Prompt }}<|im_end|>\n<|im_start|>assistant\n{{ end }}{{ .Response }}"
    )


def test_forms_are_found_by_name() -> None:
    assert registry.names() == ["gguf", "merged", "peft"]
    assert [export_format(name).exact for name in registry.names()] == [False, True, True]


def test_nothing_is_pushed_offline_or_to_a_strange_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(UsageError, match="stay offline"):
        hub.refuse_offline("me/support")
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.delenv("TRANSFORMERS_OFFLINE", raising=False)
    for name in ("support", "../support/x", "a/b/c", ""):
        with pytest.raises(UsageError, match="no repository's name"):
            hub.refuse_offline(name)
    hub.refuse_offline("me/support")
