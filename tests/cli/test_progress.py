"""Progress: bars at a terminal, a line now and then elsewhere, nothing where that is asked."""

from __future__ import annotations

import io
import sys

import pytest
from rich.console import Console

from etude.cli import progress as shown
from etude.progress import Pace, Progress, Silent


def terminal(width: int = 80) -> tuple[shown.OnTerminal, io.StringIO]:
    written = io.StringIO()
    console = Console(
        file=written,
        force_terminal=True,
        width=width,
        highlight=False,
        markup=False,
        emoji=False,
        color_system=None,
    )
    return shown.OnTerminal(console), written


@pytest.mark.parametrize("width", [60, 80, 120])
def test_nested_bars_and_notices(width: int) -> None:
    progress, written = terminal(width)
    with progress.step("choosing settings", total=20, unit="rungs") as outer:
        outer.advance(3, note="look-up")
        with progress.step("fine-tuning", total=2010, unit="examples") as inner:
            inner.advance(67, note="epoch 1, loss 0.111, 36 examples a second")
            assert progress._bars is not None
            progress._bars.refresh()
            progress.say("Nothing leaves this machine.")
    text = written.getvalue()
    assert "choosing" in text
    assert "3 of 20 rungs" in text
    assert "67 of 2,010 examples" in text
    assert "Nothing leaves this machine.\n" in text.replace("\r", "")
    progress.say("afterwards")
    assert written.getvalue().endswith("afterwards\n")


def test_long_steps_leave_a_line_and_failed_ones_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "WORTH_A_LINE_S", 0.0)
    progress, written = terminal()
    with progress.step("scoring", total=1):
        pass
    assert "✓ scoring" in written.getvalue()

    def fail() -> None:
        with progress.step("timing", total=1):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert "✓ timing" not in written.getvalue()
    progress.say("and the screen is free")
    assert written.getvalue().endswith("and the screen is free\n")


def test_unknown_totals_and_text_that_would_steer_a_terminal() -> None:
    progress, written = terminal()
    with progress.step("reading [bold]\x1b[31m", unit="rows") as step:
        step.advance(5)
        progress.say("evil \x1b[2J\u202e")
    assert "\x1b[31m" not in written.getvalue()
    assert "\x1b[2J" not in written.getvalue()
    assert "[bold]" in written.getvalue()


def test_lines_elsewhere_are_rare(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(shown.time, "monotonic", lambda: clock[0])
    progress: Progress = shown.InLines()
    with progress.step("scoring", total=100, unit="fits") as step:
        for _ in range(60):
            clock[0] += 1
            step.advance(1, note="probe")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "scoring: 10 of 100 fits, about 1 min 30 s left (probe)"
    assert len(lines) == 7
    assert lines[-1] == "scoring: done in 1 min 0 s"


def test_time_left_falls_and_does_not_count_what_was_done_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(shown.time, "monotonic", lambda: clock[0])
    pace = Pace(100)
    pace.advance(90)  # by an earlier run
    assert pace.left() is None
    clock[0] += 10
    pace.advance(1)
    assert pace.left() == 90
    clock[0] += 4
    pace.advance(0)
    assert pace.left() == 86
    clock[0] += 200
    assert pace.left() == 0
    pace.advance(9)
    assert pace.left() is None
    assert Pace(None).left() is None


def test_short_work_writes_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    progress = shown.InLines()
    with progress.step("scoring", total=2) as step:
        step.advance()
    progress.say("a notice")
    assert capsys.readouterr().err == "a notice\n"


def test_which_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(shown.progress(quiet=True), Silent)
    assert isinstance(shown.progress(quiet=False), shown.InLines)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert isinstance(shown.progress(quiet=False), shown.OnTerminal)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59, "59 s"), (200, "3 min 20 s"), (3900, "1 h 5 min")]
)
def test_time_in_words(seconds: float, words: str) -> None:
    assert shown.lasted(seconds) == words
