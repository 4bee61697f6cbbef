"""Pages from templates: one file each, every text escaped, nothing fetched, own scripts only.

The policy in the page names the hash of its script and of its style, so that nothing else runs
even if a text should ever get past the escaping.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from etude.report._masking import mask

_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def clean(text: str) -> str:
    """What HTML can't hold (NUL, controls, halves of surrogates) as the replacement character."""
    return _UNSEEN.sub("\ufffd", text)


def _finalize(value: Any) -> Any:
    """Every value that a template prints passes here; markup stays markup."""
    if isinstance(value, Markup):
        return Markup(clean(str(value)))  # noqa: S704 - it was markup, and loses characters only
    return clean(value) if isinstance(value, str) else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("etude.report", "templates"),
        autoescape=True,
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["mask"] = mask
    return environment


@cache
def _asset(name: str) -> str:
    return resources.files("etude.report").joinpath("templates", name).read_text("utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def render(template: str, *scripts: str, **values: Any) -> str:
    """The page as text.

    Args:
        template: its name in ``templates/``; it prints ``policy``, ``style`` and ``script``.
        scripts: the script files that it may run, as one script in this order.
    """
    style, code = _asset("style.css"), "".join(_asset(script) for script in scripts)
    policy = (
        f"default-src 'none'; style-src 'sha256-{_hash(style)}'; script-src "
        f"'sha256-{_hash(code)}'; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'"
    )
    page = (
        _environment()
        .get_template(template)
        .render(
            policy=policy,
            style=Markup(style),  # noqa: S704 - our own files
            script=Markup(code),  # noqa: S704 - our own files
            **values,
        )
    )
    return page + "\n"
