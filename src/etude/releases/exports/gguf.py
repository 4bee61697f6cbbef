"""One GGUF file by llama.cpp's own converter, and a Modelfile that Ollama makes a model of it with.

The file rounds the weights, or is computed by another engine at the least, so that the same score
is asked for and not the same letters.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from etude.errors import ModelError, UsageError
from etude.models._base import ChatModel, Message
from etude.models.opening import open_model
from etude.records.task import ModelRef, OpenAIModel
from etude.releases.exports import _llama
from etude.releases.exports._base import (
    PRECISIONS,
    modelfile_settings,
    why_no_language_model,
)
from etude.releases.exports.merged import write_merged
from etude.releases.loading import Release

FILE, MODELFILE = "model.gguf", "Modelfile"
USUAL = "f16"
_SYSTEM, _PROMPT = "etude-system-text", "etude-user-text"
"""Stand-ins that are looked for in a rendered prompt."""


class Gguf:
    """``model.gguf`` and ``Modelfile``."""

    key = "gguf"
    plain_name = "GGUF"
    exact = False

    def why_not(self, release: Release) -> str | None:
        """It needs trained weights of a language model."""
        return why_no_language_model(release)

    def write(self, release: Release, folder: Path, precision: str | None) -> None:
        """Merge, convert, and write the Modelfile."""
        wanted = precision or USUAL
        if wanted not in PRECISIONS:
            raise UsageError(
                f"no precision {wanted!r} is known",
                where="--precision",
                expected=f"one of {', '.join(PRECISIONS)}",
            )
        _llama.converter()  # before a minute is spent on merging
        with tempfile.TemporaryDirectory(prefix="etude-") as place:
            write_merged(release, Path(place))
            _llama.convert(Path(place), folder / FILE, wanted)
        (folder / MODELFILE).write_text(modelfile(release), encoding="utf-8")

    def answering(self, release: Release, folder: Path) -> AbstractContextManager[ChatModel]:
        """The file behind llama.cpp's own server on this machine."""
        return _served(release, folder)


@contextmanager
def _served(release: Release, folder: Path) -> Iterator[ChatModel]:
    window = int(getattr(release.context.model, "window", 4096))
    with _llama.served(folder / FILE, window) as address:
        settings = OpenAIModel(base_url=address, model=FILE, concurrency=1)
        model: Any = open_model(ModelRef(name=FILE, openai=settings))
        yield model


def modelfile(release: Release) -> str:
    """What ``ollama create NAME -f Modelfile`` reads.

    Raises:
        ModelError: the model's template can't be said in Ollama's language.
    """
    model: Any = release.candidate
    form = model.model.format
    lines = [f"FROM ./{FILE}", f'TEMPLATE """{template(form)}"""']
    lines += ["PARAMETER temperature 0"]
    lines += [f"PARAMETER {name} {value}" for name, value in modelfile_settings(release).items()]
    for stop in form.stop_ids:
        text = form.tokenizer.decode([stop], skip_special_tokens=False)
        if text.strip():
            lines.append(f"PARAMETER stop {json.dumps(text, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def template(form: Any) -> str:
    """The chat template for one turn in Ollama's language, read off two rendered prompts.

    Raises:
        ModelError: it shows texts in a way that can't be read off.
    """
    user, system = Message("user", _PROMPT), Message("system", _SYSTEM)
    with_system = form.prompt_text([system, user])
    alone = form.prompt_text([user])
    whole = with_system.count(_SYSTEM) == with_system.count(_PROMPT) == alone.count(_PROMPT) == 1
    if not whole or any(mark in with_system + alone for mark in ("{{", '"""')):
        raise ModelError(
            "the model's chat template can't be written as Ollama's",
            where=form.name,
            hint="use model.gguf with an engine that reads the template in it, such as llama-server",
        )
    first = with_system.replace(_SYSTEM, "{{ .System }}").replace(_PROMPT, "{{ .Prompt }}")
    second = alone.replace(_PROMPT, "{{ .Prompt }}")
    return f"{{{{ if .System }}}}{first}{{{{ else }}}}{second}{{{{ end }}}}{{{{ .Response }}}}"


EXPORT = Gguf()
