"""Names of checks that people know from promptfoo and that are no checks here, with the reason."""

from __future__ import annotations

_JUDGE = (
    "asks another model for its opinion; a check is a plain yes or no that is the same every time",
    "say it as checks that can be counted, or write a `python` check",
)
_EMBEDDING = (
    "compares meanings with an embedding model; a check needs no model",
    "levenshtein, rouge-n or bleu compare texts",
)
_NETWORK = ("needs a service on the network; checks never leave this machine", None)
_LANGUAGE = ("runs code that is not Python", "write it as a `python` check")
_TRACE = ("needs a trace of tool calls, which examples do not have", None)
_PYTHON = ("is not built in", "write it as a `python` check")

REFUSED: dict[str, tuple[str, str | None]] = {
    **dict.fromkeys(
        (
            "llm-rubric",
            "factuality",
            "model-graded-closedqa",
            "model-graded-factuality",
            "g-eval",
            "answer-relevance",
            "context-faithfulness",
            "context-recall",
            "context-relevance",
            "conversation-relevance",
            "noise-sensitivity",
            "select-best",
            "max-score",
            "agent-rubric",
            "search-rubric",
            "research-rubric",
            "pi",
        ),
        _JUDGE,
    ),
    **dict.fromkeys(
        ("similar", "similar:cosine", "similar:dot", "similar:euclidean", "bertscore"), _EMBEDDING
    ),
    **dict.fromkeys(("webhook", "moderation", "classifier", "guardrails"), _NETWORK),
    **dict.fromkeys(("javascript", "ruby"), _LANGUAGE),
    **dict.fromkeys(
        (
            "tool-call-f1",
            "skill-used",
            "trace-error-spans",
            "trace-span-count",
            "trace-span-duration",
            "trajectory:goal-success",
            "trajectory:step-count",
            "trajectory:tool-args-match",
            "trajectory:tool-sequence",
            "trajectory:tool-used",
            "is-valid-function-call",
            "is-valid-openai-function-call",
            "is-valid-openai-tools-call",
        ),
        _TRACE,
    ),
    **dict.fromkeys(
        ("perplexity", "perplexity-score"),
        ("needs the probabilities of every word, which not every model gives", None),
    ),
    **dict.fromkeys(
        (
            "gleu",
            "meteor",
            "rouge-l",
            "rouge-s",
            "is-html",
            "contains-html",
            "is-xml",
            "contains-xml",
            "is-sql",
            "contains-sql",
            "math-equivalent",
            "finish-reason",
        ),
        _PYTHON,
    ),
    "latency": ("is a property of a candidate, not of an answer", "set bar.p95_ms"),
    "cost": ("is a property of a candidate, not of an answer", "set bar.max_cost_per_1000"),
    "assert-set": ("is a group of checks", "write each check on its own; all must pass"),
}
