"""``etude serve``: the API that people already call, from this folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from etude.cli import _options as options

Host = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        show_default=False,
        help="Where to listen. Default: 127.0.0.1, this machine alone. Any other address needs "
        "keys: etude keys create NAME.",
    ),
]
Port = Annotated[
    int | None,
    typer.Option(min=0, max=65535, show_default=False, help="Default: 8000. 0 takes a free one."),
]
Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        metavar="NAME=MODEL",
        show_default=False,
        help="A name that can be called, and the model behind it: fast=builtin:starter. May be "
        "given several times.",
    ),
]
Tune = Annotated[
    list[str] | None,
    typer.Option(
        "--tune",
        metavar="NAME=MODEL",
        show_default=False,
        help="What a fine-tuning job's model means here: gpt-4.1-mini=builtin:starter. May be "
        "given several times.",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=64,
        metavar="N",
        show_default=False,
        help="Fine-tuning jobs that are trained at once. Default: 1.",
    ),
]
RecordText = Annotated[
    bool,
    typer.Option(
        "--record-text",
        help="Keep inputs and answers as well as numbers, personal data taken out first.",
    ),
]
AllowSystem = Annotated[
    bool,
    typer.Option(
        "--allow-system",
        help="Let a request to a release bring a system message of its own.",
    ),
]
TlsCert = Annotated[
    Path | None,
    typer.Option(metavar="FILE", show_default=False, help="A certificate: serve HTTPS."),
]
TlsKey = Annotated[
    Path | None, typer.Option(metavar="FILE", show_default=False, help="Its private key.")
]
AddressAsJson = Annotated[
    bool,
    typer.Option("--json", help="Print the address as JSON on stdout, once it answers."),
]


def serve(
    project: options.ProjectFolder = None,
    host: Host = None,
    port: Port = None,
    model: Models = None,
    tune: Tune = None,
    workers: Workers = None,
    record_text: RecordText = False,
    allow_system: AllowSystem = False,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    as_json: AddressAsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Answer OpenAI's API from this folder: its releases, its tuned models, the builtin ones.

    An empty folder will do. Fine-tuning jobs that are sent here are trained here. What else can be
    set stands in serve.yaml, which is read where it is there; an option goes before it.
    """
    from etude.cli._serving import flags_of, folder_of, listen

    flags = flags_of(
        host=host,
        port=port,
        workers=workers,
        record_text=record_text,
        allow_system=allow_system,
        tls_cert=tls_cert,
        tls_key=tls_key,
        models=model or [],
        tune=tune or [],
    )
    listen(folder_of(project), flags, as_json=as_json, quiet=quiet)
