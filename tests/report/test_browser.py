"""The pages in a real browser: nothing injected runs, nothing is fetched, phones can read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from etude.report.page import write_report
from etude.report.rows import write_rows

from . import fixtures
from .test_rows import HOSTILE


def opened(browser: Any, path: Path, **options: Any) -> tuple[Any, list[str]]:
    """The page, and everything that it complained of or asked for besides itself."""
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(20_000)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "request",
        lambda request: (
            said.append(request.url) if not request.url.startswith(path.as_uri()) else None
        ),
    )
    page.goto(path.as_uri())
    return page, said


@pytest.mark.parametrize("name", ["dont_fine_tune", "odd_texts", "many_labels", "quick"])
@pytest.mark.parametrize("width", [360, 1200])
def test_a_report_is_quiet_and_never_wider_than_its_window(
    browser: Any, tmp_path: Path, name: str, width: int
) -> None:
    path = tmp_path / "report.html"
    write_report(fixtures.COMPARISONS[name](), path, technical=True)
    page, said = opened(browser, path, viewport={"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("window.pwned") is None
    assert said == []


def test_exact_terms_are_one_click_away_without_scripts(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(fixtures.dont_fine_tune(), path)
    page, _ = opened(browser, path, java_script_enabled=False)
    term = page.get_by_text("decision: dont_fine_tune")
    assert not term.is_visible()
    page.get_by_text("exact terms", exact=True).click()
    assert term.is_visible()


def test_texts_in_charts_do_not_overlap(browser: Any, tmp_path: Path) -> None:
    for name in ("dont_fine_tune", "endpoint", "fine_tune"):
        path = tmp_path / f"{name}.html"
        write_report(fixtures.COMPARISONS[name](), path)
        for width in (360, 1200):
            page, _ = opened(browser, path, viewport={"width": width, "height": 800})
            overlaps = page.evaluate("""() => {
              const found = [];
              for (const svg of document.querySelectorAll("svg.chart")) {
                const boxes = [...svg.querySelectorAll("text")]
                  .map((t) => t.getBoundingClientRect());
                boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => {
                  if (a.width && b.width && a.left < b.right - 1 && b.left < a.right - 1
                    && a.top < b.bottom - 3 && b.top < a.bottom - 3) found.push([a, b]);
                }));
              }
              return found.length;
            }""")
            assert overlaps == 0, (name, width)


def test_dark_and_light_have_readable_contrast(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(fixtures.cant_tell(), path)
    for scheme in ("light", "dark"):
        page, _ = opened(browser, path, color_scheme=scheme)
        for selector in ("body", ".kicker", ".good", ".warn", ".bad", ".range", "a"):
            ratio = page.evaluate(CONTRAST, selector)
            assert ratio >= 4.5, (scheme, selector, ratio)


CONTRAST = """(selector) => {
  const light = (css) => {
    const [r, g, b] = css.match(/[\\d.]+/g).map((v) => v / 255)
      .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const a = light(getComputedStyle(document.querySelector(selector)).color);
  const b = light(getComputedStyle(document.body).backgroundColor);
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""


def test_printing_opens_what_matters_on_white(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(fixtures.dont_fine_tune(), path)
    page, _ = opened(browser, path, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details.print:not([open])").count() == 0
    assert page.locator("details.print").count() >= 2
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.print[open]").count() == 0


def test_nothing_in_the_rows_runs(browser: Any, tmp_path: Path) -> None:
    comparison = fixtures.odd_texts()
    texts = [HOSTILE[i % len(HOSTILE)] for i in range(40)]
    rows = fixtures.rows(comparison, 40).with_columns(
        pl.Series("input", texts),
        pl.Series("id", texts),
        pl.Series("target", texts),
        pl.Series("prompt@builtin:minilm|output", texts[::-1]),
    )
    path = tmp_path / "rows.html"
    write_rows(comparison, rows, path)
    page, said = opened(browser, path, viewport={"width": 360, "height": 800})
    page.select_option("#show", "all")
    for value in ("0", "1", "2"):
        page.select_option("#second", value)
    assert page.locator("#rows tr").count() == 40
    assert page.locator("#rows script, #rows img").count() == 0
    assert page.evaluate("document.scripts.length") == 2
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert said == []


def test_rows_can_be_narrowed_down(browser: Any, tmp_path: Path) -> None:
    comparison = fixtures.dont_fine_tune()
    rows = fixtures.rows(comparison, 3000)
    path = tmp_path / "rows.html"
    write_rows(comparison, rows, path)
    page, said = opened(browser, path)
    name, other = "retrieval@builtin:minilm", "finetune@builtin:minilm"

    def right(candidate: str) -> pl.Expr:
        return (pl.col(f"{candidate}|output") == pl.col("target")).fill_null(False)

    def shown(count: int) -> None:
        assert page.locator("#count").inner_text() == f"{count:,} of 3,000 rows"
        assert page.locator("#rows tr").count() == min(50, count)

    shown(rows.filter(~right(name)).height)
    page.select_option("#second", label="Fine-tuned")
    page.select_option("#show", "only-second")
    shown(rows.filter(~right(name) & right(other)).height)
    page.select_option("#target", label="lost_card")
    shown(rows.filter(~right(name) & right(other) & (pl.col("target") == "lost_card")).height)
    page.select_option("#target", label="any")
    page.select_option("#show", "all")
    page.fill("#search", "(message 29")
    shown(rows.filter(pl.col("input").str.contains("(message 29", literal=True)).height)
    page.fill("#search", "")
    page.click("#on")
    assert "page 2 of 60" in page.locator("#page").inner_text()
    assert said == []


def test_a_link_narrows_rows_down_and_the_address_keeps_in_step(
    browser: Any, tmp_path: Path
) -> None:
    comparison = fixtures.dont_fine_tune()
    rows = fixtures.rows(comparison, 200)
    path = tmp_path / "rows.html"
    write_rows(comparison, rows, path)
    page, said = opened(browser, path)
    name, other = "probe@builtin:minilm", "finetune@builtin:minilm"
    page.goto(f"{path.as_uri()}#first={name}&second={other}&show=differ&label=lost_card&check=gone")

    def shown(condition: pl.Expr) -> str:
        return f"{rows.filter(condition.fill_null(False)).height:,} of 200 rows"

    both = pl.all_horizontal(
        pl.any_horizontal(pl.col(f"{n}|output", f"{n}|failure").is_not_null())
        for n in (name, other)
    )
    differ = pl.col(f"{name}|output").ne_missing(pl.col(f"{other}|output")) & both
    lost = pl.col("target") == "lost_card"
    assert page.locator("#count").inner_text() == shown(differ & lost)
    assert "check “gone”" in page.locator("#astray").inner_text()
    page.get_by_role("button", name="Take away: Right answer: lost_card").click()
    assert page.locator("#count").inner_text() == shown(differ)
    assert page.url.endswith(f"#first={name}&second={other}&show=differ")
    page.select_option("#show", "only-second")
    page.reload()
    right = [pl.col(f"{n}|output") == pl.col("target") for n in (name, other)]
    assert page.locator("#count").inner_text() == shown(right[1] & ~right[0].fill_null(False))
    page.get_by_role("button", name="Show every row").click()
    assert page.locator("#count").inner_text() == "200 of 200 rows"
    assert said == []


def test_without_scripts_the_rows_page_says_why_it_is_empty(browser: Any, tmp_path: Path) -> None:
    comparison = fixtures.dont_fine_tune()
    path = tmp_path / "rows.html"
    write_rows(comparison, fixtures.rows(comparison, 5), path)
    page, _ = opened(browser, path)
    assert not page.get_by_text("scripts are switched off").is_visible()
    page, _ = opened(browser, path, java_script_enabled=False)
    assert page.get_by_text("scripts are switched off").is_visible()
    assert page.get_by_text("not for sending on").first.is_visible()
