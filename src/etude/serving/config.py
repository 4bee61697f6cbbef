"""What a server is told: ``serve.yaml`` in the folder that it serves, all of it optional.

Flags of ``etude serve`` go before the file. Unknown keys are refused: a misspelt limit that is
ignored would be no limit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from etude.errors import UsageError
from etude.records.task import ModelRef
from etude.registry import nearest
from etude.taskfile.addresses import secret_in

FILE = "serve.yaml"
KEY_ENV = "api_key_env: the NAME of an environment variable that holds the key"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _reference(said: object) -> object:
    """A name alone, or ``{openai: {model, base_url, …}}``, as ``etude.yaml`` has them."""
    if isinstance(said, str):
        return {"name": said}
    if isinstance(said, dict) and isinstance(said.get("openai"), dict) and "name" not in said:
        return said | {"name": str(said["openai"].get("model", ""))}
    return said


def _without_keys(reference: ModelRef) -> ModelRef:
    """The same; a key belongs in no file, and what is refused is not repeated."""
    endpoint = reference.openai
    if endpoint is None:
        return reference
    secret = secret_in(endpoint.base_url)
    if secret is not None:
        raise PydanticCustomError(
            "secret",
            "{secret} is written in the address base_url; write the address alone, and {where}",
            {"secret": secret, "where": KEY_ENV},
        )
    if endpoint.api_key_env is not None and not _VARIABLE.fullmatch(endpoint.api_key_env):
        raise PydanticCustomError(
            "secret", "api_key_env is not the name of a variable; write {where}", {"where": KEY_ENV}
        )
    return reference


Reference = Annotated[ModelRef, BeforeValidator(_reference), AfterValidator(_without_keys)]


class Limits(_Section):
    """What one request and all together may take."""

    body_mb: float = Field(default=16, gt=0)
    """Of a request; uploads have their own."""
    upload_mb: float = Field(default=512, gt=0)
    max_tokens: int = Field(default=4096, ge=1)
    """Most tokens that one answer may be asked for."""
    running: int = Field(default=64, ge=1)
    """Requests that are computed at once."""
    waiting: int = Field(default=256, ge=0)
    """Requests that may wait for a place; more get 429."""
    models: int = Field(default=4, ge=1)
    """Releases and models that are kept in memory; the one not used for longest goes first."""
    request_seconds: float = Field(default=600, gt=0)
    grace_seconds: float = Field(default=30, ge=0)
    """What is running when the server is stopped has this long to finish."""


class Recording(_Section):
    """What is kept of requests. Numbers always; text only where ``text`` says so."""

    text: bool = False
    """Inputs and answers are kept too, personal data taken out first."""
    days: float = Field(default=30, gt=0)
    """How long text is kept."""


class Tuning(_Section):
    """Fine-tuning jobs."""

    models: dict[str, str] = {}
    """What a job's ``model`` means here: ``gpt-4.1-mini: builtin:starter``."""
    hub: bool = False
    """A job may also name a Hub id, of any size, which is fetched then."""
    workers: int = Field(default=1, ge=0)
    """Jobs that are trained at once; 0: for ``python -m etude.jobs.worker`` elsewhere."""
    organization: str = Field(default="local", pattern=r"^[a-z0-9-]{1,40}$")
    """The third part of a tuned model's name."""
    own_hosts: tuple[str, ...] = ()
    """Hosts inside one's own network that webhooks may call; by default only public ones."""


class Vllm(_Section):
    """A vLLM server that is started beside this one and does the computing."""

    command: tuple[str, ...] = ("vllm", "serve")
    arguments: tuple[str, ...] = ()
    port: int = Field(default=8100, ge=1, le=65535)
    start_seconds: float = Field(default=600, gt=0)


class ServingConfig(_Section):
    """Everything a server is told, with what holds where nothing is said."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    models: dict[str, Reference] = {}
    """Names that can be called, and the model or endpoint behind each."""
    engine: Literal["transformers", "vllm"] = "transformers"
    vllm: Vllm = Vllm()
    share_bases: bool = False
    """Adapters on one base are computed over one copy of it: less memory, somewhat slower. Else
    each is merged into a copy of its own, as when it was compared."""
    allow_system: bool = False
    """A request to a task's release may bring a system message of its own."""
    preload: bool = True
    """The release in production is opened before the first request."""
    limits: Limits = Limits()
    recording: Recording = Recording()
    tuning: Tuning = Tuning()
    tls_cert: Path | None = None
    tls_key: Path | None = None
    otlp_endpoint: str | None = None
    """Where OpenTelemetry's spans go; None: nowhere."""
    trace_text: bool = False
    """Spans carry what was asked and answered."""

    @property
    def is_loopback(self) -> bool:
        """Only this machine can call."""
        return self.host in ("127.0.0.1", "::1", "localhost")


def read_config(root: Path, flags: Mapping[tuple[str, ...], Any] | None = None) -> ServingConfig:
    """``serve.yaml`` of a folder, where there is one; ``flags``, by place, go before it.

    Raises:
        UsageError: the file can't be read, or says what no server knows.
    """
    path = root / FILE
    said: Any = {}
    if path.exists():
        try:
            said = yaml.safe_load(path.read_text("utf-8")) or {}
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise UsageError(f"can't be read: {error}", where=FILE, expected="YAML") from error
        if not isinstance(said, dict):
            raise UsageError("holds no settings", where=FILE, expected="lines like port: 8000")
    for place, value in (flags or {}).items():
        if value is not None:
            _put(said, place, value)
    try:
        return ServingConfig.model_validate(said)
    except ValidationError as error:
        raise _explained(error) from error


def _put(said: dict[str, Any], place: tuple[str, ...], value: Any) -> None:
    for name in place[:-1]:
        if said.get(name) is None:
            said[name] = {}
        if not isinstance(said[name], dict):
            return  # what the file says there is wrong, and will be named
        said = said[name]
    said[place[-1]] = value


def _explained(error: ValidationError) -> UsageError:
    problems = []
    for one in error.errors():
        place = ".".join(str(part) for part in one["loc"])
        hint = ""
        if one["type"] == "extra_forbidden":
            near = nearest(str(one["loc"][-1]), sorted(_names(ServingConfig)))
            hint = f" (did you mean {near}?)" if near else ""
            problems.append(f"{place}: there is no such setting{hint}")
        else:
            problems.append(f"{place}: {one['msg']}")
    return UsageError("; ".join(problems), where=FILE, hint="docs/reference/server.md lists them")


def _names(section: type[BaseModel]) -> set[str]:
    names = set(section.model_fields)
    for field in section.model_fields.values():
        if isinstance(field.annotation, type) and issubclass(field.annotation, _Section):
            names |= _names(field.annotation)
    return names
