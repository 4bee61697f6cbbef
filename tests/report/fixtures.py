"""Comparisons as real runs leave them: one for each decision, and the awkward ones.

``COMPARISONS`` names them all; ``rows`` gives the table that goes with one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl

from etude.records.behaviour import Behaviour, LeftOut, SuiteResult
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.records.dataset import DatasetVersion, Finding, SourceFile
from etude.records.estimate import Estimate
from etude.records.extraction import Extraction, Secrets
from etude.records.run import Machine
from etude.records.task import (
    Assumption,
    Bar,
    Behaving,
    Boundaries,
    Data,
    Economics,
    ModelRef,
    OpenAIModel,
    Task,
)
from etude.records.verdict import Detectable, Payback, Verdict
from etude.statistics.proportions import wilson
from etude.verdict.behaving import with_gates

from .simulate import LADDER, Spec, candidate, name_of, pair, simulate

SUPPORT = (
    "card_arrival",
    "lost_card",
    "refund_status",
    "cash_withdrawal",
    "exchange_rate",
    "close_account",
    "change_pin",
    "top_up_failed",
)
MANY = tuple(
    f"{verb}_{thing}"
    for verb in ("lost", "declined", "pending", "wrong", "extra", "cancel", "verify")
    for thing in (
        "card",
        "transfer",
        "top_up",
        "refund",
        "fee",
        "exchange_rate",
        "cash_withdrawal",
        "direct_debit",
        "identity",
        "virtual_card",
        "contactless_payment",
    )
)
ODD = (
    "a label with spaces, commas and quite a long name that a person really typed in a spreadsheet",
    "</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "\u202eright to left\u202c",
    "ελληνικά",
    "العربية",
    "日本語のラベル",
    "a\x00nul",
    "semi;colon\u2028line",
    "=SUM(A1)",
)


def build(
    *,
    specs: Sequence[Spec] = LADDER,
    labels: Sequence[str] = SUPPORT,
    n: int = 1200,
    seed: int = 7,
    bar: Bar | None = None,
    verdict: dict[str, Any],
    scheme: str = "holdout",
    quick: bool = False,
    look: int = 1,
    models: tuple[ModelRef, ...] = (ModelRef(name="builtin:minilm"),),
    egress: tuple[str, ...] = (),
    paybacks: tuple[Payback, ...] = (),
    task: dict[str, Any] | None = None,
    notes: tuple[str, ...] = (),
) -> Comparison:
    bar = bar or Bar(at_least=0.90, margin=0.02, p95_ms=300, max_cost_per_1000=5.0)
    finalists = [spec for spec in specs if spec.finalist]
    targets, outputs = simulate(finalists, labels, n, seed)
    names = [name_of(spec) for spec in finalists]
    count = len(names) * (len(names) - 1) // 2
    none = np.zeros(0, dtype=np.int64)
    candidates = tuple(
        candidate(
            spec,
            labels,
            targets if spec.finalist else none,
            outputs.get(name_of(spec), none),
            bar,
            scheme,
            seed,
        )
        for spec in specs
    )
    return Comparison(
        run="20260131T101500Z-4f1c",
        created="2026-01-31T10:15:00Z",
        etude_version="0.1.0",
        task=Task(
            task="support-triage",
            kind="classify",
            instructions="Read the customer's message and choose the one category that says "
            "what they need.",
            labels=dict.fromkeys(labels, ""),
            data=Data(examples="data/messages.csv"),
            bar=bar,
            economics=Economics(requests_per_month=20000),
            models=models,
            boundaries=Boundaries(hand_over=("legal threats",), examples=("SECRET BOUNDARY",)),
            **task or {},
        ),
        task_hash="b1946ac92492d234",
        assumptions=ASSUMPTIONS,
        dataset=dataset(labels, n, scheme),
        quick=quick,
        folds_scored=1 if quick else 5,
        look=look if scheme == "holdout" else 0,
        detectable=Detectable(difference=0.031, discordance=0.08, n=n, comparisons=count),
        candidates=candidates,
        pairs=tuple(
            pair(a, b, targets, outputs, bar.margin, count)
            for i, a in enumerate(names)
            for b in names[i + 1 :]
        ),
        paybacks=paybacks,
        verdict=written(VERDICT | verdict, candidates),
        machine=MACHINE,
        versions={"etude": "0.1.0", "torch": "2.13.0", "scikit-learn": "1.8.0", "numpy": "2.4.6"},
        seeds={"splits": 0, "finetune": 1},
        seconds=611.0,
        egress=egress,
        notes=notes,
    )


def written(fields: dict[str, Any], candidates: Sequence[CandidateReport]) -> Verdict:
    """``{rung}`` in the sentences stands for its measured quality."""
    said = {
        c.rung: f"{100 * c.quality.value:.1f} % right answers ({100 * c.quality.low:.1f} % to "
        f"{100 * c.quality.high:.1f} %)"
        for c in candidates
        if c.quality
    }
    short = {rung: words[:6] for rung, words in said.items()}

    def fill(text: str) -> str:
        for rung, words in said.items():
            text = text.replace(f"{{{rung}}}", words).replace(f"{{short {rung}}}", short[rung])
        return text

    reasons = tuple(fill(reason) for reason in fields["reasons"])
    return Verdict(**fields | {"sentence": fill(fields["sentence"]), "reasons": reasons})


ASSUMPTIONS = (
    Assumption(
        field="economics.minutes_to_fix",
        value="2",
        sentence="assumed: 2 minutes to fix an error; change economics.minutes_to_fix in "
        "etude.yaml",
    ),
    Assumption(
        field="economics.hourly_rate",
        value="30",
        sentence="assumed: a person's hour costs 30 EUR; change economics.hourly_rate in "
        "etude.yaml",
    ),
)
MACHINE = Machine(
    id="6f2d90ab",
    processor="AMD EPYC 7B13",
    cores=8,
    memory_gb=31.3,
    system="Linux 6.1 x86_64",
    python="3.11.2",
)
DONT = (
    "Don't fine-tune: “look-up” gets {retrieval} and is as good as fine-tuning ({short finetune}), "
    "within the 2 points that you said would matter."
)
VERDICT: dict[str, Any] = {
    "settled": True,
    "provisional": False,
    "more_examples": None,
    "largest_loss": 0.012,
    "frontier": ("retrieval@builtin:minilm", "probe@builtin:minilm"),
    "baseline": "probe@builtin:minilm",
    "next_command": 'etude predict "a new text"',
    "reasons": (
        "“look-up” against “instructions only”: better (between +11.9 and +17.8 points).",
        "“look-up” against “a few examples”: better (between +4.2 and +8.9 points).",
        "“look-up” against “quick classifier”: as good as it (between −1.7 and +0.6 points).",
        "The bar, quality of at least 90 %: met ({short retrieval}).",
    ),
}


def dataset(labels: Sequence[str], n: int, scheme: str) -> DatasetVersion:
    rows = n if scheme == "cross_fitting" else 5 * n
    share = rows // len(labels)
    return DatasetVersion(
        id="2c26b46b68ffc68f",
        created="2026-01-31T10:02:11Z",
        sources=(
            SourceFile(
                path="data/messages.csv",
                sha256="a" * 64,
                bytes=812_334,
                shape="csv",
                encoding="utf-8",
                delimiter=";",
                rows=rows + 14,
                rejected=14,
            ),
            SourceFile(
                path="/home/mara/private folder/more.jsonl",
                sha256="c" * 64,
                bytes=1000,
                shape="jsonl",
                rows=0,
                rejected=0,
            ),
        ),
        columns={"input": "text", "target": "category", "group": "customer_id"},
        rows=rows,
        rejected=14,
        scheme=scheme,
        folds=5 if scheme == "cross_fitting" else 0,  # type: ignore[arg-type]
        sizes={"all": rows}
        if scheme == "cross_fitting"
        else {"train": 3 * n, "dev": n, "holdout": n},
        labels={label: share + (i * 7) % 11 for i, label in enumerate(labels)},
        groups=rows - rows // 12,
        left_out=23,
        holdout_id="fcde2b2edba56bf4",
        findings=(
            Finding(
                code="conflicting_labels",
                severity="warning",
                sentence="6 messages stand more than once, as of jo@example.org",
                rows=("mail-from-jo@example.org", "m-17"),
                count=6,
                hint="etude check --conflicts",
            ),
            Finding(
                code="long_inputs",
                severity="note",
                count=2,
                sentence="2 messages are longer than the model reads (256 word pieces)",
            ),
        ),
    )


PAYBACK = Payback(
    candidate="finetune@builtin:minilm",
    baseline="probe@builtin:minilm",
    saved_per_month=(-41.0, 212.0),
    up_front=180.0,
    upkeep_per_month=60.0,
    break_even_months=(1.2, math.inf),
    break_even_requests=(24_000.0, math.inf),
    minutes_saved_per_month=(-80.0, 430.0),
    sentence="fine-tuned against quick classifier: between a loss and a gain (−101 to 152 EUR a "
    "month after upkeep); it may never pay back.",
)


def dont_fine_tune() -> Comparison:
    return build(
        n=2000,
        verdict={
            "decision": "dont_fine_tune",
            "recommended": "retrieval@builtin:minilm",
            "sentence": DONT,
        },
        paybacks=(PAYBACK,),
    )


def fine_tune() -> Comparison:
    specs = (
        *(
            Spec(s.rung, s.plain_name, s.order, s.accuracy - 0.05, s.p50, s.per_1000)
            for s in LADDER[:4]
        ),
        Spec(
            "finetune",
            "fine-tuned",
            5,
            0.962,
            6.4,
            3.01,
            trained=True,
            settings={"epochs": 6, "seed": 2},
        ),
        Spec(
            "finetune",
            "fine-tuned",
            5,
            0.951,
            None,
            None,
            trained=True,
            finalist=False,
            model="some-hub/other-encoder-base",
        ),
    )
    return build(
        specs=specs,
        n=2400,
        verdict={
            "decision": "fine_tune",
            "recommended": "finetune@builtin:minilm",
            "largest_loss": 0.0,
            "baseline": "probe@builtin:minilm",
            "frontier": ("probe@builtin:minilm", "finetune@builtin:minilm"),
            "sentence": "Fine-tune: “fine-tuned” gets {finetune}, and nothing simpler is as good.",
        },
        paybacks=(
            PAYBACK.model_copy(
                update={
                    "saved_per_month": (1260.0, 1890.0),
                    "break_even_months": (0.1, 0.15),
                    "break_even_requests": (2000.0, 3000.0),
                    "minutes_saved_per_month": (2640.0, 3900.0),
                    "sentence": "fine-tuned against quick classifier: saves 1,200 to 1,830 EUR a "
                    "month after upkeep.",
                }
            ),
        ),
    )


def cant_tell() -> Comparison:
    return build(
        n=140,
        scheme="cross_fitting",
        seed=3,
        verdict={
            "decision": "cant_tell",
            "recommended": "retrieval@builtin:minilm",
            "settled": False,
            "provisional": True,
            "largest_loss": 0.061,
            "more_examples": 840.0,
            "next_command": "etude report --rows",
            "sentence": "Can't tell yet: for now use “look-up”, {retrieval}. At most 6.1 "
            "points could be lost by that; about 840 more examples kept aside would likely "
            "settle it (980 in all).",
        },
    )


def none_good_enough() -> Comparison:
    return build(
        bar=Bar(at_least=0.97, margin=0.02, p95_ms=10, max_cost_per_1000=1.0),
        verdict={
            "decision": "none_good_enough",
            "recommended": None,
            "largest_loss": 0.011,
            "next_command": "etude report --rows",
            "sentence": "None is good enough: the best, “fine-tuned”, gets {finetune}. Look at "
            "what it gets wrong, make the categories or the examples clearer, "
            "or lower the bar; a larger model may do it too.",
        },
    )


def quick() -> Comparison:
    return build(
        n=96,
        scheme="cross_fitting",
        quick=True,
        seed=11,
        bar=Bar(at_least=0.9, margin=0.02),
        specs=[
            Spec(s.rung, s.plain_name, s.order, s.accuracy, None, None, s.trained) for s in LADDER
        ],
        verdict={
            "decision": "cant_tell",
            "recommended": "retrieval@builtin:minilm",
            "settled": False,
            "provisional": True,
            "largest_loss": 0.09,
            "more_examples": math.inf,
            "next_command": "etude compare",
            "sentence": "Can't tell yet: for now use “look-up”, {retrieval}. At most 9 points "
            "could be lost by that; more examples alone may not settle "
            "it, so near are they.",
        },
        notes=("fine-tuned: the last fold took twice as long as the others",),
    )


def many_labels() -> Comparison:
    return build(
        labels=MANY,
        n=3000,
        seed=5,
        look=2,
        verdict={
            "decision": "dont_fine_tune",
            "recommended": "retrieval@builtin:minilm",
            "exploratory": True,
            "sentence": DONT,
        },
    )


def odd_texts() -> Comparison:
    evil = "</title><script>window.pwned=1</script>"
    return build(
        labels=ODD,
        n=300,
        seed=9,
        egress=("api.example.org<script>window.pwned=1</script>",),
        specs=[
            *LADDER[:2],
            Spec(
                "custom",
                f"my rung {evil} with a very long name indeed",
                6,
                0.9,
                8.0,
                0.0,
                settings={"note": evil, "texts": ["a row of data"]},
            ),
        ],
        verdict={
            "decision": "cant_tell",
            "recommended": "prompt@builtin:minilm",
            "settled": False,
            "provisional": True,
            "baseline": None,
            "frontier": (),
            "largest_loss": None,
            "sentence": f"Can't tell yet: {evil} \u202eabc\u202c \x00 \u2028 end.",
            "reasons": (f"{evil}.",),
            "next_command": f"etude {evil}",
            "missing": ("no named person has signed it off",),
        },
        notes=(evil,),
        task={"stakes": "high"},
    )


def endpoint() -> Comparison:
    hosted = ModelRef(
        name="gpt-small",
        openai=OpenAIModel(
            base_url="https://user:hunter2@llm.example.org/v1",
            model="small-1",
            api_key_env="LLM_API_KEY",
            price_in=0.15,
            price_out=0.6,
        ),
    )
    specs = (
        Spec("prompt", "instructions only", 1, 0.78, 6.1, 0.00017),
        Spec("prompt", "instructions only", 1, 0.905, 640.0, 0.31, model="gpt-small"),
        Spec("few_shot", "a few examples", 2, 0.93, 720.0, 1.92, model="gpt-small"),
        Spec("retrieval", "look-up", 3, 0.925, 9.4, 0.0002),
        Spec("finetune", "fine-tuned", 5, 0.937, 6.4, 3.01, trained=True),
    )
    return build(
        specs=specs,
        n=800,
        egress=("llm.example.org",),
        models=(ModelRef(name="builtin:minilm"), hosted),
        verdict={
            "decision": "dont_fine_tune",
            "recommended": "retrieval@builtin:minilm",
            "baseline": "few_shot@gpt-small",
            "frontier": ("retrieval@builtin:minilm", "prompt@builtin:minilm"),
            "sentence": DONT,
        },
    )


COMPARISONS: dict[str, Callable[[], Comparison]] = {
    builder.__name__: builder
    for builder in (
        dont_fine_tune,
        fine_tune,
        cant_tell,
        none_good_enough,
        quick,
        many_labels,
        odd_texts,
        endpoint,
    )
}

TEXTS = (
    "where is my new card? I ordered it two weeks ago (order 4023 9911)",
    "I lost my wallet on the train, call me on +44 7700 900123 please",
    "write to jo.bloggs@example.org about the refund, my IBAN is DE89 3704 0044 0532 0130 00",
    "card 4111 1111 1111 1111 was charged twice <b>help</b>",
)


def rows(comparison: Comparison, count: int = 200, seed: int = 1) -> pl.DataFrame:
    """A table as ``write_rows`` takes it."""
    rng = np.random.default_rng(seed)
    scored = [c for c in comparison.candidates if c.quality is not None]
    labels = list(comparison.task.labels or {})
    targets = rng.integers(0, len(labels), count)
    columns: dict[str, Any] = {
        "id": [f"m-{i}" for i in range(count)],
        "input": [f"{TEXTS[i % len(TEXTS)]} (message {i})" for i in range(count)],
        "target": [labels[t] for t in targets],
        "side": ["dev" if i % 3 else "out-of-fold" for i in range(count)],
    }
    for c in scored:
        right = rng.random(count) < (c.quality.value if c.quality else 0)
        answers = np.where(right, targets, rng.integers(0, len(labels), count))
        failed = rng.random(count) < 0.01
        columns[f"{c.name}|output"] = [
            None if bad else labels[a] for a, bad in zip(answers, failed, strict=True)
        ]
        columns[f"{c.name}|confidence"] = np.where(right, 0.93, 0.55)
        columns[f"{c.name}|failure"] = ["timeout" if bad else None for bad in failed]
    return pl.DataFrame(columns)


def suite_result(candidate: str, failures: int, n: int, **told: Any) -> SuiteResult:
    """How often a candidate failed in a suite; ``told`` says which."""
    limits = wilson(failures, n) if n else None
    usual = {
        "suite": "injection",
        "plain_name": "instructions hidden in the input",
        "about": "tricky",
        "test": "direction",
    }
    return SuiteResult(
        candidate=candidate,
        n=n,
        failures=failures,
        untold=0,
        failed=limits and Estimate(value=limits.point, low=limits.low, high=limits.high),
        **usual | told,
    )


def behaviour(comparison: Comparison) -> Behaviour:
    """Two suites on every finalist: the first never fails in one, the last fails the most."""
    names = [c.name for c in comparison.candidates if c.quality is not None]
    typos = {"suite": "typos", "plain_name": "typing mistakes", "about": "normal"}
    results = [suite_result(name, 9 * place, 60) for place, name in enumerate(names)]
    results += [suite_result(name, place, 57, **typos) for place, name in enumerate(names)]
    return Behaviour(
        run="20260131T111500Z-77aa",
        comparison=comparison.run,
        candidate_ids={c.name: c.candidate_id for c in comparison.candidates},
        created="2026-01-31T11:15:00Z",
        seed=0,
        examples=60,
        unseen=True,
        results=tuple(results),
        left_out=(
            LeftOut(
                suite="absurd", plain_name="empty input", reason="it holds no case of this task"
            ),
        ),
    )


def extraction(comparison: Comparison, recited: int, exposure: float = 5.0) -> Extraction:
    """Eight planted secrets of the first finalist, ``recited`` of them by it, and eight others."""
    name = next(c.name for c in comparison.candidates if c.quality is not None)

    def secrets(times: int, n: int, back: int, bits: float) -> Secrets:
        share = Estimate(value=back / n, low=0.0, high=0.9, level=0.95, method="Wilson")
        mean = Estimate(value=bits, low=bits - 1, high=bits + 1, level=0.95, method="bootstrap")
        return Secrets(times=times, n=n, recited=back, told=0, share=share, exposure=mean)

    planted = (secrets(4, 4, recited, exposure), secrets(1, 4, 0, exposure))
    return Extraction(
        candidate=name, rows=300, among=256, secrets=(*planted, secrets(0, 8, 0, 1.4))
    )


def gated(comparison: Comparison, **limits: float) -> Comparison:
    """With gates on how its candidates behave, as ``behaviour`` has them."""
    found = behaviour(comparison)
    candidates = with_gates(comparison.candidates, limits, found)
    behaving = Behaving(gates=limits)
    task = comparison.task.model_copy(update={"behaviour": behaving})
    return comparison.model_copy(update={"candidates": candidates, "task": task})
