"""Requests made up from the server's own OpenAPI document, right and wrong ones: no 500, one shape of
errors, nothing of this machine in an answer."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from tests.serving.conftest import Site

KEYS = {"message", "type", "param", "code"}
QUICK = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
LONG = settings(QUICK, max_examples=300)


def tried(site: Site, how: settings) -> int:
    """How many operations the document has; each is asked so often."""
    document = schemathesis.openapi.from_url(f"{site.url}/openapi.json")
    count = 0
    for found in document.get_all_operations():
        operation = found.ok()

        @how
        @given(case=operation.as_strategy())
        def each(case: schemathesis.Case) -> None:
            held(case, site)

        each()
        count += 1
    return count


def held(case: schemathesis.Case, site: Site) -> None:
    response = case.call(base_url=site.url, timeout=20)
    text = response.content.decode("utf-8", "replace")
    said = f"{case.method} {case.formatted_path}: {response.status_code} {text[:500]}"
    assert response.status_code < 500, said
    assert str(site.services.root) not in text, said
    assert "Traceback" not in text, said
    if response.status_code >= 400:
        assert set(response.json()["error"]) == KEYS, said


def test_made_up_requests(site: Site) -> None:
    assert tried(site, QUICK) > 30


@pytest.mark.soak
def test_many_made_up_requests(site: Site) -> None:
    tried(site, LONG)
