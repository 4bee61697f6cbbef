"""A project with examples kept aside and a fine-tuned candidate that was compared on them.

The language model is a tiny random one, the adapter PEFT's own with random numbers: it answers
otherwise than the base, and nothing is trained.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch

from etude.approaches import approach
from etude.approaches.writing.candidate import Sources, WritingCandidate
from etude.approaches.writing.lookup import Finder
from etude.approaches.writing.settings import Settings
from etude.approaches.writing.wording import BASE
from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.data.stored import Prepared
from etude.models._causal_files import load_module
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.records.handover import Handover
from etude.serving.trying import as_served
from etude.workflow import keeping
from etude.workflow.check import prepare
from etude.workflow.entrants import entrant_called
from etude.workflow.layout import no_examples
from etude.workflow.session import Session, open_session, recorded
from etude.workflow.stages import stages_for
from tests.models._causal_folders import make_tokenizer, write_causal
from tests.report import fixtures
from tests.serving._releases import handover

NAME = "finetune@./model"
TASK = """\
task: names
kind: write
instructions: Say the name.
checks: [{type: word-count, value: {max: 60}}]
data: {examples: rows.csv, holdout: held.csv, input: thing, target: name, id: id}
bar: {metric: all_checks, margin: 0.4}
models: [./model]
ladder: [prompt, finetune]
"""
HELD = 6
SETTINGS = Settings(BASE, 8).to_json()


def write_adapter(folder: Path, base: Path, size: float = 0.5) -> Path:
    """A LoRA adapter as training leaves one; ``size`` of its random numbers."""
    import peft

    torch.manual_seed(1)
    config = peft.LoraConfig(r=4, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
    module = peft.get_peft_model(load_module(base, None, torch.float32), config)
    with torch.no_grad():
        for name, weight in module.named_parameters():
            if "lora_B" in name:
                weight.normal_(0, size)
    module.peft_config["default"].base_model_name_or_path = "./model"
    module.save_pretrained(folder, save_embedding_layers=False)
    make_tokenizer().save_pretrained(folder)
    return folder


def compared(
    folder: Path, threshold: float | None = None, task: str = TASK, name: str = NAME
) -> Session:
    """The project, opened; ``threshold`` for handing over, on the likelihood of the text.

    ``name``: the one candidate; where it is not fine-tuned, its model is asked as it is.
    """
    folder.mkdir(parents=True)
    (folder / "etude.yaml").write_text(task, encoding="utf-8")
    _rows(folder / "rows.csv", range(60))
    _rows(folder / "held.csv", range(100, 100 + HELD))
    if name == NAME:
        write_causal(folder / "model")
    session = open_session(folder, as_served=as_served)
    prepared, _ = prepare(session)
    found = None if threshold is None else handover(threshold)
    with recorded(session, "compare", {}) as run:
        record(session, run.id, prepared, found, name)
    return session


def record(
    session: Session, run: str, prepared: Prepared, found: Handover | None, name: str
) -> None:
    """What a comparison leaves: the candidate, its answers, and the record."""
    kept = session.store.folder / "candidates" / "tuned"
    answers = _candidate(session, prepared, kept, name).answer(list(prepared.holdout().inputs))
    comparison = _comparison(session, run, prepared, found, name)
    place = session.store.run_folder(run)
    _table(prepared.holdout(), answers, name).write_parquet(place / keeping.ROWS)
    folders = {name: {"folder": str(kept.relative_to(session.store.folder)), "settings": {}}}
    (place / keeping.CANDIDATES).write_text(json.dumps(folders), encoding="utf-8")
    text = comparison.model_dump_json(by_alias=True)
    (place / keeping.COMPARISON).write_text(text, encoding="utf-8")


def thing(number: int) -> str:
    """An input; no two are alike."""
    shape = ("lamp", "chair", "kettle", "basket", "clock", "mirror", "ladder")[number % 7]
    made = ("oak", "steel", "glass", "paper", "wool")[number % 5]
    return f"{shape} of {made} from {chr(97 + number % 26) * 3}{number * 37}"


def _rows(path: Path, numbers: range) -> None:
    lines = [f"r{n},{thing(n)},lamp {n}" for n in numbers]
    path.write_text("\n".join(["id,thing,name", *lines, ""]), encoding="utf-8")


def _candidate(session: Session, prepared: Prepared, folder: Path, name: str) -> Any:
    entrant = entrant_called(session, name)
    stages = stages_for(session, session.taskfile.task, prepared.version)
    context = stages.context(entrant, 0, session.store.folder)
    finder = Finder((), None, None, "words")
    nothing = Sources(no_examples(), finder, (), finder)
    plain: Any = entrant.model
    made = WritingCandidate(entrant.approach.key, context, SETTINGS, nothing, plain)
    made.save(folder)
    if name == NAME:
        write_adapter(folder / "model", session.root / "model")
    return stages.load(entrant, folder, session.store.folder)


def _comparison(
    session: Session, run: str, prepared: Prepared, found: Handover | None, name: str
) -> Comparison:
    made = fixtures.fine_tune()
    report = CandidateReport(
        name=name,
        rung=name.partition("@")[0],
        plain_name=approach(name.partition("@")[0]).plain_name,
        model=name.partition("@")[2],
        order=5,
        trained=name == NAME,
        finalist=True,
        settings=SETTINGS,
        dev_value=None,
        quality=made.candidates[0].quality,
        handover=found,
        candidate_id="tuned",
    )
    verdict = made.verdict.model_copy(update={"recommended": name})
    update = {
        "run": run,
        "task": session.taskfile.task,
        "dataset": prepared.version,
        "candidates": (report,),
        "pairs": (),
        "verdict": verdict,
    }
    return made.model_copy(update=update)


def _table(held: Examples, answers: Answers, name: str) -> pl.DataFrame:
    """As the comparison's own, in what parity reads."""
    columns = {
        "id": list(held.ids),
        "input": list(held.inputs),
        "side": ["holdout"] * len(held),
        f"{name}|output": list(answers.outputs),
        f"{name}|confidence": [None] * len(held),
        f"{name}|failure": list(answers.failures),
    }
    return pl.DataFrame(columns, schema_overrides={f"{name}|confidence": pl.Float64})


def scores(session: Session) -> np.ndarray[Any, np.dtype[np.float64]]:
    """How likely the candidate holds its answers to what was kept aside."""
    comparison = keeping.latest(session)
    stages = stages_for(session, comparison.task, comparison.dataset)
    kept = keeping.kept(session, comparison, stages, None)
    held = [thing(n) for n in range(100, 100 + HELD)]
    return stages.load(kept.entrant, kept.folder, session.store.folder).answer(held).score
