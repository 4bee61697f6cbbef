"""Run llama.cpp's converter on a model whose vocabulary it can't know. A script: nothing imports it.

The converter knows how a tokenizer cuts texts into words by the ids that it gives to one text, which
differ with every vocabulary, and refuses any that is not in its list. Where it does, the name of the
rules that the tokenizer's own file states takes the place of the refusal.

    python _converting.py RULES convert_hf_to_gguf.py FOLDER --outfile FILE --outtype TYPE
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from typing import Any

ASKED = "get_vocab_base_pre"
"""The converter's method that names the rules."""


def answering(refusing: Callable[..., str], rules: str) -> Callable[..., str]:
    """The same method, that names ``rules`` where it knows none."""

    def known(self: Any, tokenizer: Any) -> str:
        try:
            return refusing(self, tokenizer)
        except NotImplementedError:
            return rules

    return known


def teach(rules: str) -> None:
    """Every class that is loaded by now and names rules of its own."""
    for module in list(sys.modules.values()):
        for found in list(vars(module).values()):
            if isinstance(found, type) and ASKED in vars(found):
                setattr(found, ASKED, answering(vars(found)[ASKED], rules))


def run(rules: str, script: str, words: list[str]) -> None:
    """The converter's own ``main`` with these words."""
    spec = importlib.util.spec_from_file_location("convert_hf_to_gguf", script)
    if spec is None or spec.loader is None:
        sys.exit(f"{script} is no Python program")
    sys.argv = [script, *words]
    sys.path.insert(0, script.rpartition("/")[0] or ".")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    teach(rules)
    module.main()


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], sys.argv[3:])
