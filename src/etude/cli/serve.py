"""``etude serve``: the API that people already call, from this folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from etude.cli import _options as options


def serve(
    project: options.ProjectFolder = None,
    host: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            show_default=False,
            help="Where to listen. Default: 127.0.0.1, this machine alone. Any other address needs "
            "keys: etude keys create NAME.",
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, show_default=False, help="Default: 8000. 0 takes a free one."
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            metavar="NAME=MODEL",
            show_default=False,
            help="A name that can be called, and the model behind it: fast=builtin:starter. May be "
            "given several times.",
        ),
    ] = None,
    tune: Annotated[
        list[str] | None,
        typer.Option(
            "--tune",
            metavar="NAME=MODEL",
            show_default=False,
            help="What a fine-tuning job's model means here: gpt-4.1-mini=builtin:starter. May be "
            "given several times.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=64,
            metavar="N",
            show_default=False,
            help="Fine-tuning jobs that are trained at once. Default: 1.",
        ),
    ] = None,
    record_text: Annotated[
        bool,
        typer.Option(
            "--record-text",
            help="Keep inputs and answers as well as numbers, personal data taken out first.",
        ),
    ] = False,
    allow_system: Annotated[
        bool,
        typer.Option(
            "--allow-system",
            help="Let a request to a release bring a system message of its own.",
        ),
    ] = False,
    tls_cert: Annotated[
        Path | None,
        typer.Option(metavar="FILE", show_default=False, help="A certificate: serve HTTPS."),
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option(metavar="FILE", show_default=False, help="Its private key.")
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print the address as JSON on stdout, once it answers."),
    ] = False,
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
