"""Write docs/cli.md from the command line itself; ``--check`` ends with 1 where it has drifted.

python scripts/cli_reference.py
python scripts/cli_reference.py --check
"""

from __future__ import annotations

import difflib
import inspect
import sys
from pathlib import Path
from typing import Any

from etude import errors
from etude.cli._failures import INTERNAL, SHOW
from etude.cli._verbs import VERBS, command
from etude.cli.main import READER_GONE

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cli.md"

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "new": (
        ("etude new support-triage --from messages.csv", "from examples of your own"),
        ("etude new plants", "with the rows that come with Etude, to look around"),
        (
            "etude new support-triage --from messages.csv --at-least 90 --volume 20000 --yes",
            "in a script: nothing is asked",
        ),
    ),
    "advise": (
        ("etude advise", "what is known, what is open, and the next step"),
        ("etude advise --answer still_changing=no", "with what only you know"),
        ("etude advise --yes --json > advice.json", "in a script: nothing is asked"),
    ),
    "check": (
        ("etude check", "what Etude reads, and what to look at"),
        ("etude check --rows found.csv", "every row of every finding, as a table"),
        ("etude check --measure", "and what mending it would buy"),
        ("etude check --strict --quiet", "in a script: ends with 1 where there is anything"),
        ("etude check --baseline known.json", "in a script: ends with 1 for new faults alone"),
    ),
    "review": (
        ("etude review", "what is wrong or to be looked at, row by row"),
        ("etude review --finding label_errors --limit 20", "twenty rows of one finding"),
        ("etude review --blind", "which of two answers is better, without names"),
    ),
    "fix": (
        ("etude fix", "what can be mended at once, with examples"),
        ("etude fix garbled duplicates --yes", "accept what is proposed"),
        ("etude fix --undo duplicates", "take it back"),
        ("etude fix --export mended.csv", "the examples as they are by your decisions"),
    ),
    "compare": (
        ("etude compare --quick", "a rough answer first"),
        ("etude compare", "the whole answer"),
        (
            "etude compare --dev --gate --json > result.json",
            "in a pipeline, at every change: ends with 1 below the bar",
        ),
        ("etude compare --dev --gate --junit result.xml", "the same as test cases"),
        ("etude compare --watch", "while you edit the prompt or the checks"),
    ),
    "behave": (
        ("etude behave", "every suite that fits the task"),
        ("etude behave typos injection --examples 200", "two suites, on more examples"),
        ("etude behave --canaries", "can your examples come out? one training more"),
        ("etude behave --json > behaviour.json", "in a script"),
    ),
    "diff": (
        ("etude diff", "the newest comparison against the one before"),
        ("etude diff ../main latest", "against that of another checkout"),
        (
            "etude diff ../main latest --gate --junit diff.xml --markdown diff.md",
            "in a pipeline: ends with 1 where the change makes it worse",
        ),
    ),
    "report": (
        ("etude report", "write the pages again"),
        ("etude report --rows", "which labels are mixed up"),
        ("etude report --technical", "intervals and p-values"),
    ),
    "predict": (
        ('etude predict "where is my card?"', "one text"),
        ("etude predict --in mails.csv --out answered.xlsx", "a table, every column kept"),
        ("etude predict < texts.txt", "a text a line: answer, confidence and text, tab between"),
    ),
    "release": (
        ("etude release --as production", "seal the recommended candidate and put it to work"),
        ("etude release list", "every release, with what stands for which"),
        ("etude release rollback", "production goes back to the release before"),
        ("etude release export production support.tar.gz", "to carry to another machine"),
        ("etude release import support.tar.gz", "there"),
        (
            "etude release export production for-ollama --format gguf",
            "a fine-tuned language model for llama.cpp and Ollama",
        ),
    ),
    "serve": (
        ("etude serve", "this folder's releases and the builtin models, on this machine alone"),
        ("etude serve --tune gpt-4.1-mini=builtin:starter", "scripts that say a model of OpenAI's"),
        ("etude serve --host 0.0.0.0 --tls-cert c.pem --tls-key k.pem", "for others: needs keys"),
    ),
    "keys": (
        ("etude keys create laptop", "a key that may ask models"),
        (
            "etude keys create ci --scope tune --requests-per-minute 60 --tokens-per-day 1000000",
            "one that tunes, within limits",
        ),
        ("etude keys", "which there are, and what each used today"),
        ("etude keys revoke laptop", "end one"),
    ),
    "run": (
        ("etude run", "everything"),
        ("etude run --project support-triage", "from another folder"),
    ),
    "convert": (
        ("etude convert chats.jsonl --to sharegpt", "chats.sharegpt.jsonl, for LLaMA-Factory"),
        ("etude convert chats.jsonl --to csv", "for a spreadsheet"),
        (
            "etude convert mails.xlsx --to openai --input question --target reply",
            "two columns of a workbook as conversations",
        ),
        ("etude convert mails.csv --to folder", "one text a file, to read and edit"),
        (
            "etude convert chats.jsonl --to openai --out chats-dataset",
            "saved as Hugging Face datasets does",
        ),
        ("etude convert --to trl --out examples.parquet", "the project's own examples"),
    ),
    "doctor": (
        ("etude doctor", "before the first run, or when something is odd"),
        ("etude doctor --devices", "and what torch can compute on"),
    ),
}
CODES = (
    ("0", "done, whatever the verdict is"),
    (
        str(errors.GateNotMet.exit_code),
        "`check --strict` has found something, `check --baseline` something new, or `--gate` is "
        "not met; the results are shown all the same",
    ),
    (str(errors.UsageError.exit_code), "the task file, or wrong use"),
    (
        str(errors.DataError.exit_code),
        "the examples, or the project's folder; `compare --strict`: a row can't be used",
    ),
    (str(errors.ModelError.exit_code), "a model or an endpoint; `doctor`: the job can't run here"),
    (str(errors.SpendLimitReached.exit_code), "the spend limit"),
    (str(INTERNAL), "a fault of Etude's own; the message names a file with the details"),
    (str(errors.Interrupted.exit_code), "stopped by Ctrl-C; the same command goes on from there"),
    (str(READER_GONE), "whoever read the output has gone, as with `| head`"),
)
HEAD = """\
# The command line

<!-- Written by scripts/cli_reference.py from the command line itself: change it there. -->

Results go to stdout, words and progress to stderr. Every verb has `--help`; all but `new` take
`--project DIR`, and without it use the folder you are in, or the nearest above it that has an
`etude.yaml`. Nothing leaves your machine unless `etude.yaml` names an endpoint, and then you are
asked first.
"""
FOOT = """\
With `--json`, stdout has exactly one JSON document, whose `schema` says which shape it has; what is
in each is told in [what comes out](reference/output.md). An error is a document too:

```json
{"schema": 1, "error": {"kind": "TaskError", "found": "1 problem in the task file",
  "where": "etude.yaml", "expected": null, "next": null, "problems": [
    {"line": 12, "field": "bar.at_least", "found": "is 90", "expected": "0 to 1", "next": null}]}}
```
"""
SETTINGS = (
    ("NO_COLOR", "no colour; nothing is said by colour alone in any case"),
    ("COLUMNS", "how wide to draw where stdout is no terminal (80 by default)"),
    ("ETUDE_MINILM", "a folder with the files of `builtin:minilm`"),
    ("HF_HUB_OFFLINE", "set to 1: nothing is downloaded"),
    (SHOW, "set to 1: errors come with the place in the code where they arose"),
)


def page() -> str:
    """The whole page."""
    parts = [
        HEAD,
        _table(
            ("verb", "what it does"),
            [(f"[`{verb}`](#etude-{verb})", line) for verb, line in VERBS.items()],
        ),
    ]
    parts += [_verb(verb) for verb in VERBS]
    parts += ["## Exit codes\n", _table(("code", "means"), CODES), FOOT]
    parts += [
        "## Environment\n",
        _table(("variable", "does"), [(f"`{name}`", text) for name, text in SETTINGS]),
    ]
    return "\n".join(parts)


def _verb(verb: str) -> str:
    made: Any = command(verb)
    arguments = [p for p in made.params if p.param_type_name == "argument"]
    usage = " ".join(["etude", verb, *(p.metavar for p in arguments), "[OPTIONS]"])
    lines = [f"## etude {verb}\n", _paragraphs(made.help), "", f"    {usage}\n"]
    rows = [(f"`{p.metavar}`", _sentence(p)) for p in arguments]
    rows += [(_names(p), _sentence(p)) for p in made.params if p.param_type_name == "option"]
    lines.append(_table(("option", "does"), rows))
    lines.append("Examples:\n")
    width = max(len(typed) for typed, _ in EXAMPLES[verb])
    lines += [f"    {typed:<{width}}  # {why}" for typed, why in EXAMPLES[verb]]
    return "\n".join([*lines, ""])


def _paragraphs(text: str) -> str:
    blocks = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(" ".join(block.split()) for block in blocks)


def _names(option: Any) -> str:
    names = ", ".join(f"`{name}`" for name in sorted(option.opts, key=len, reverse=True))
    return f"{names} `{option.metavar}`" if option.metavar else names


def _sentence(option: Any) -> str:
    text = option.help or ""
    default = option.default
    if isinstance(default, str) and default and "Default" not in text:
        text += f" Default: `{default}`."
    return text.replace("|", "\\|")


def _table(head: tuple[str, str], rows: Any) -> str:
    lines = [f"| {head[0]} | {head[1]} |", "|---|---|"]
    return "\n".join([*lines, *(f"| {name} | {text} |" for name, text in rows), ""])


def main() -> int:
    """Write the page, or compare it; the exit code."""
    wanted = page()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(wanted, encoding="utf-8", newline="\n")
        print(f"wrote {PAGE}")
        return 0
    found = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    if found == wanted:
        return 0
    drift = difflib.unified_diff(
        found.splitlines(), wanted.splitlines(), "docs/cli.md", "the command line", lineterm=""
    )
    print("\n".join(drift))
    print("docs/cli.md has drifted. Run: python scripts/cli_reference.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
