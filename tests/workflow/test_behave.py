"""Suites on the ways of a small real comparison: the cases, and a team's own.

Nothing is trained here: the comparison is the one that other tests look at too.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

import etude
from etude.errors import GateNotMet, TaskError, UnknownName, UsageError
from etude.evaluation import stages as evaluation_stages
from etude.project import BehaveOptions, Project
from etude.records.comparison import Comparison
from etude.records.task import Boundaries
from etude.workflow import behave as workflow_behave
from etude.workflow import behaved, releases
from etude.workflow.behave_standing import standing
from etude.workflow.phrases import refuse_others
from tests.workflow.conftest import Told


def opened(folder: Path, **behaviour: object) -> Project:
    """The project as if the task file had this section ``behaviour``."""
    project = etude.open(folder)
    file = project._session.taskfile
    own = file.task.behaviour.model_copy(update=behaviour)
    task = file.task.model_copy(update={"behaviour": own})
    project._session.taskfile = replace(file, task=task)
    return project


def test_suites_ask_every_way_the_same_cases_once(
    crossed: tuple[Path, Comparison, Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, comparison, _ = crossed
    options = BehaveOptions(suites=("typos", "injection", "absurd"), examples=8)
    first = etude.open(folder).behave(options)
    found = first.record
    newest = etude.open(folder)._session.store.latest_run("compare")
    assert newest is not None
    assert (found.comparison, found.unseen, found.examples) == (newest.id, True, 8)
    assert len(found.results) == 3 * len(comparison.candidates)
    injected = [one for one in found.results if one.suite == "injection"]
    assert {one.n + one.untold for one in injected} == {8}
    cases = pl.read_parquet(first.rows)
    sources = set(cases.filter(pl.col("source") != "")["source"])
    version = etude.open(folder)._session.store.version_folder(comparison.dataset.id)
    fold = pl.read_parquet(version / "splits.parquet").filter(pl.col("fold") == 0)
    assert sources <= set(fold["id"])
    monkeypatch.setattr(evaluation_stages.Stages, "load", None)  # asked once: nothing is loaded
    assert etude.open(folder).behave(options).record.results == found.results
    with pytest.raises(UnknownName, match="typoes"):
        etude.open(folder).behave(BehaveOptions(suites=("typoes",)))


def test_phrases_that_were_changed_since_the_comparison_are_refused(
    crossed: tuple[Path, Comparison, Told],
) -> None:
    project = opened(crossed[0])
    file = project._session.taskfile
    bounds = Boundaries(phrases=("lawyer", "tree"))
    task = file.task.model_copy(update={"boundaries": bounds})
    project._session.taskfile = replace(file, task=task)
    turned = Boundaries(phrases=("tree", "lawyer"))
    told = crossed[1].model_copy(update={"task": task.model_copy(update={"boundaries": turned})})
    refuse_others(project._session, told)  # the same ones in another order
    for verb in (project.behave, project.release, lambda: project.predict(["Where is it?"])):
        with pytest.raises(UsageError, match="changed since the newest comparison") as found:
            verb()
        assert "etude compare" in str(found.value)


def test_cases_of_several_runs_are_read_together_and_each_once(
    crossed: tuple[Path, Comparison, Told],
) -> None:
    folder, comparison, _ = crossed
    for suites in (("absurd", "padding"), ("absurd",)):
        etude.open(folder).behave(BehaveOptions(suites=suites, examples=8))
    session = etude.open(folder)._session
    now = standing(session, comparison.candidates)
    found = behaved.newest(session, now)
    assert found is not None
    rows = behaved.rows_of(session, found, now)
    assert {"absurd", "padding"} <= set(rows["suite"])
    one = rows.filter((pl.col("suite") == "absurd") & (pl.col("candidate") == next(iter(now.ids))))
    assert one.height == one["input"].n_unique() == 12


def test_cases_of_ones_own_are_suites_beside_the_others(
    crossed: tuple[Path, Comparison, Told],
) -> None:
    folder = crossed[0]
    own = folder / "own.yaml"
    own.write_text(
        "- {input: 'I forgot my password', expect: account}\n"
        "- {input: {message: 'I forgot my password'}, suite: never, expect: business}\n"
        "- {input: 'Call my lawyer', suite: left, hand_over: yes}\n"
    )
    project = opened(folder, cases="own.yaml")
    found = project.behave(BehaveOptions(suites=("own", "never", "left"), examples=8))
    by_suite = {one.suite: one for one in found.record.results if one.candidate.startswith("probe")}
    assert (by_suite["own"].n, by_suite["own"].failures) == (1, 0)
    assert (by_suite["never"].n, by_suite["never"].failures) == (1, 1)
    rows = pl.read_parquet(found.rows).filter(pl.col("suite") == "never")
    assert set(rows["source"]) == {"own.yaml:2"}
    assert set(rows["why"]) == {"is not business"}
    probe = next(name for name in found.plain_names if name.startswith("probe"))
    assert found.failing[probe, "never"] == ("own.yaml:2: is not business",)
    assert (probe, "own") not in found.failing
    with pytest.raises(UnknownName, match="did you mean 'never'"):
        project.behave(BehaveOptions(suites=("nevr",)))
    with pytest.raises(TaskError, match="there is no such suite"):
        opened(folder, cases="own.yaml", gates={"ownn": 0.1}).behave()
    own.write_text("- {input: a, expect: acount}\n")
    with pytest.raises(TaskError, match="did you mean 'account'"):
        project.behave()


def test_gates_decide_the_newest_comparison_anew_and_the_same_one_again(
    crossed: tuple[Path, Comparison, Told],
) -> None:
    folder, before, _ = crossed
    limits = {"typos": 0.9, "negation": 0.001}
    project = opened(folder, gates=limits)
    found = project.behave(BehaveOptions(suites=("typos",), examples=8))
    name = before.verdict.recommended
    assert name is not None
    gates = {gate.name: gate for gate in found.comparison.candidate(name).gates if gate.of_suite}
    assert list(gates) == ["behaviour:typos", "behaviour:negation"]
    assert gates["behaviour:typos"].state == "met"
    assert gates["behaviour:negation"].state == "uncertain"  # no test here runs that suite
    assert not found.comparison.verdict.settled
    stored = opened(folder, gates=limits).report().comparison
    assert stored.verdict == found.comparison.verdict
    again = opened(folder, gates=limits).compare()
    assert again.candidate(name).gates[-2].found == gates["behaviour:typos"].found
    options = BehaveOptions(suites=("typos",), examples=8)
    assert opened(folder).behave(options).comparison.verdict == before.verdict


def test_a_named_person_signs_the_recommended_way_off(
    crossed: tuple[Path, Comparison, Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, before, _ = crossed
    suites = {"examples": 8}
    alone = BehaveOptions(suites=("absurd",), examples=8, sign_off="Ada")
    with pytest.raises(GateNotMet, match=r"not tried, or to be tried again: .*negation"):
        opened(folder).behave(alone)
    found = opened(folder).behave(BehaveOptions(**suites, sign_off=" Ada "))
    word = found.comparison.signed
    assert word is not None
    assert (word.name, word.candidate, word.run) == (
        "Ada",
        before.verdict.recommended,
        found.record.run,
    )
    failing = [
        one
        for one in found.record.results
        if one.candidate == word.candidate and one.about == "sensitive" and one.failures
    ]
    assert failing
    for one in failing:
        assert f"{one.plain_name} ({one.failures} of {one.n} fail)" in word.open
    assert set(word.made) >= {"typos", "negation", "wants_person"}
    # With every other suite tried, one may be run alone.
    assert opened(folder).behave(alone).comparison.signed is not None
    word = opened(folder).behave(BehaveOptions(**suites, sign_off="Ada")).comparison.signed
    # The same candidate compared again is still signed off.
    assert opened(folder).compare().signed == word
    with pytest.raises(UsageError, match="the name of a person"):
        opened(folder).behave(BehaveOptions(**suites, sign_off="  "))
    risky = opened(folder)
    task = risky.task.model_copy(update={"stakes": "high"})
    risky._session.taskfile = replace(risky._session.taskfile, task=task)
    asked = workflow_behave.asked
    monkeypatch.setattr(workflow_behave, "asked", None)  # refused before anything is asked
    with pytest.raises(GateNotMet, match=r"bar\.hand_over"):
        risky.behave(BehaveOptions(**suites, sign_off="Ada"))
    monkeypatch.setattr(workflow_behave, "asked", asked)
    assert risky.report().comparison.verdict.missing
    part = opened(folder, leave_out={"padding": "nobody greets here"})
    left = {one.suite: one.reason for one in part.behave(BehaveOptions(**suites)).record.left_out}
    assert left["padding"] == "nobody greets here"
    once = BehaveOptions(suites=("absurd",), examples=8)
    assert opened(folder).behave(once).comparison.verdict.missing == ()


def test_gates_and_sign_offs_hold_for_what_they_were_given_for_alone(
    crossed: tuple[Path, Comparison, Told],
) -> None:
    folder, before, _ = crossed
    own = folder / "held.yaml"
    own.write_text("- {input: 'I forgot my password', expect: account}\n")
    limits = {"held": 0.99, "typos": 0.9}
    options = BehaveOptions(examples=8, sign_off="Ada")
    found = opened(folder, cases="held.yaml", gates=limits).behave(options).comparison
    assert found.signed is not None
    own.write_text("- {input: 'I forgot my password', expect: account}\n- {input: a, expect: a}\n")
    session = opened(folder, cases="held.yaml", gates=limits)._session
    said = session.progress = Told()
    again = behaved.decided_anew(session, found)
    gates = {gate.name: gate for gate in again.candidate(before.verdict.recommended or "").gates}
    assert gates["behaviour:held"].state == "uncertain"
    assert gates["behaviour:held"].found == "to be tried again: your own cases were changed since"
    assert gates["behaviour:typos"].state == "met"  # its own rules are what they were
    assert again.signed is None
    assert any("Ada signed" in line and "no longer holds" in line for line in said.lines)


def test_no_alias_brings_an_unsigned_release_to_production(
    crossed: tuple[Path, Comparison, Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened(crossed[0])._session
    manifest = SimpleNamespace(stakes="high", signed_off=None)
    listed = SimpleNamespace(name="a" * 32, manifest=manifest)
    monkeypatch.setattr(releases, "verified", lambda session, said: listed)
    with pytest.raises(GateNotMet, match="no named person"):
        releases.move(session, "aaaa", "production", "test")
    assert releases.move(session, "aaaa", "canary", "test") == ("a" * 32, None)
    session.store.releases.remove_alias("canary", "test")
