from __future__ import annotations

from etude.audit import registry
from etude.audit.private import AUDIT as PRIVATE
from etude.audit.secrets import AUDIT
from tests.audit._material import material

_TOKEN = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"


def test_it_is_found_by_its_file() -> None:
    assert registry.load("secrets") is AUDIT


def test_secrets_are_errors_and_never_shown_whole() -> None:
    rows = [
        {"input": f"my token {_TOKEN} leaks", "target": "Change it."},
        {"input": "my password is Sommer2024!", "target": "Never tell us Sommer2024! again."},
        {"input": "I forgot my password: what now?", "target": "Choose a new one."},
    ]
    found = {one.finding.code: one for one in AUDIT.run(material("write", rows))}
    assert set(found) == {"secret_key", "secret_password"}
    assert all(one.finding.severity == "error" for one in found.values())
    assert "GitHub token" in found["secret_key"].finding.sentence
    assert found["secret_key"].hits["evidence"].to_list() == ["GitHub token: gh…J6"]
    password = found["secret_password"].hits.sort("field")
    assert password["field"].to_list() == ["input", "target"]
    assert password["proposal"].to_list() == ["[PASSWORD_1]", "[PASSWORD_1]"]


def test_hashes_and_ids_are_no_secrets() -> None:
    rows = [
        {"input": f"commit {at:040x}", "target": "3f2504e0-4f89-41d3-9a0c-0305e82c3301"}
        for at in range(50)
    ]
    assert list(AUDIT.run(material("write", rows))) == []


def test_a_secret_is_no_personal_datum_too() -> None:
    rows = [{"input": "see postgres://bob:hunter22@db.host.com/x", "target": "ok"}]
    assert list(PRIVATE.run(material("write", rows))) == []
    (one,) = AUDIT.run(material("write", rows))
    assert one.finding.code == "secret_connection"
