"""The model card: a template, and what was measured with the very weights that ship.

Knows `measured.json` and the words; ignores how anything was measured. Figures of other weights are
refused, so that a card never says of one model what another one did.

    python recipes/starter/card.py --tuned FILE --out src/etude/models/starter

`FILE` is what `benchmarks/examples.py librarian --quick --ladder finetune --from-scratch --json FILE`
writes once the folder is there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MEASURED, TEMPLATE = HERE / "measured.json", HERE / "MODEL_CARD.md"
CARD, MANIFEST, WEIGHTS = "README.md", "manifest.json", "model.safetensors"
NOT_YET = "Not measured with these weights yet."
COLUMNS = {
    "all checks": "passes all 16 checks",
    "title copied": "title letter for letter",
    "chrF++": "chrF++",
}
RANDOM = ", random weights"


def first(folder: Path, tokens: int, how: str, scores: dict[str, Any]) -> dict[str, Any]:
    """What is known of weights that were just written: nothing after fine-tuning."""
    weights = _hash(folder / WEIGHTS)
    return {"weights": weights, "tokens": tokens, "how": how, "scores": scores, "tuned": None}


def tuned(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Of a run of `benchmarks/examples.py`: the model, and the fine-tuned rows' figures in per cent.

    Raises ValueError where it is no such run.
    """
    run = next((one for one in found if one.get("example") == "librarian"), None)
    if run is None:
        raise ValueError("no run of librarian is in it")
    rows = {line["name"]: line for line in run["lines"] if line["name"].startswith("fine-tuned")}
    own = [line for name, line in rows.items() if not name.endswith(RANDOM)]
    random = [line for name, line in rows.items() if name.endswith(RANDOM)]
    if len(own) != 1 or len(random) != 1:
        raise ValueError("it needs the fine-tuned rung alone, and --from-scratch")
    return {
        "model": run["model"],
        "n": own[0]["n"],
        "own": {name: own[0][name] for name in COLUMNS},
        "random": {name: random[0][name] for name in COLUMNS},
    }


def card(template: str, measured: dict[str, Any]) -> str:
    """The card with what was measured in place of `{tokens}`, `{how}`, `{scores}` and `{tuned}`."""
    parts = {
        "{tokens}": f"{measured['tokens'] / 1e6:.1f} million",
        "{how}": measured["how"],
        "{scores}": _scores(measured["scores"]),
        "{tuned}": NOT_YET if measured["tuned"] is None else _tuned(measured["tuned"]),
    }
    for name, text in parts.items():
        template = template.replace(name, text)
    return template


def _scores(scores: dict[str, Any]) -> str:
    rows = ["| family | exactly right | stops by itself | n |", "|---|---|---|---|"]
    rows += [
        f"| {name} | {100 * one['exact']:.0f} % | {100 * one['stopped']:.0f} % | {one['n']} |"
        for name, one in scores["families"].items()
    ]
    english = ", ".join(f"{name} {value:.2f}" for name, value in scores["bits_per_byte"].items())
    lengthy = ", ".join(f"{name} {100 * s['exact']:.0f} %" for name, s in scores["long"].items())
    rows += [
        "",
        f"Mean over families: {100 * scores['mean_exact']:.0f} % exactly right.",
        f"Bits per byte of held-out English: {english}.",
        f"With prompts of 900 to 1,900 tokens: {lengthy}.",
    ]
    return "\n".join(rows)


def _tuned(found: dict[str, Any]) -> str:
    rows = [
        f"{found['n']} records that it had not seen, intervals at 95 %:",
        "",
        "| | " + " | ".join(COLUMNS.values()) + " |",
        "|---" * (len(COLUMNS) + 1) + "|",
    ]
    for name, key in (("this model", "own"), ("random weights", "random")):
        cells = [_cell(found[key][column], column) for column in COLUMNS]
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _cell(figure: dict[str, float], column: str) -> str:
    value, low, high = (100 * figure[part] for part in ("value", "low", "high"))
    unit = "" if column == "chrF++" else " %"
    return f"{value:.1f}{unit} ({low:.1f} to {high:.1f})"


def write(folder: Path, measured: dict[str, Any]) -> None:
    """The card and the manifest of a folder with the weights that `measured` is about.

    Raises ValueError where it is about others.
    """
    if _hash(folder / WEIGHTS) != measured["weights"]:
        raise ValueError(f"what was measured is of other weights than those in {folder}")
    text = card(TEMPLATE.read_text(encoding="utf-8"), measured)
    (folder / CARD).write_text(text, encoding="utf-8")
    write_manifest(folder)


def write_manifest(folder: Path) -> None:
    """`manifest.json`: the SHA-256 of every other file, by name."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    hashes = {name: _hash(folder / name) for name in names if name != MANIFEST}
    (folder / MANIFEST).write_text(json.dumps(hashes, indent=2) + "\n", encoding="utf-8")


def keep(measured: dict[str, Any], path: Path = MEASURED) -> None:
    """Write down what is known, for the next card."""
    path.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Put fine-tuned results into the card."""
    parser = argparse.ArgumentParser(description="Write the starter's card anew.")
    parser.add_argument("--tuned", type=Path, help="JSON of benchmarks/examples.py")
    parser.add_argument("--out", type=Path, required=True, help="the folder that ships")
    options = parser.parse_args()
    measured = json.loads(MEASURED.read_text(encoding="utf-8"))
    if options.tuned is not None:
        measured["tuned"] = tuned(json.loads(options.tuned.read_text(encoding="utf-8")))
    write(options.out, measured)
    keep(measured)


if __name__ == "__main__":
    main()
