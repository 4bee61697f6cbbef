from __future__ import annotations

import numpy as np
import pytest

from etude.audit._base import Found
from etude.audit.length import AUDIT
from etude.data.conversations import Turn, as_input
from tests.audit._material import material, task

LINE = "the shoe is made of leather and it keeps your feet warm on a long wet walk home"
WORDS = LINE.split()


def sentence(n: int) -> str:
    turned = WORDS[n % 7 :] + WORDS[: n % 7]
    return f"Answer {n}: {' '.join(turned)} number {n * 7} here."


def look(
    targets: list[str], inputs: list[str] | None = None, kind: str = "write", **more: object
) -> dict[str, Found]:
    asked = inputs or [f"question {n} about shoes" for n in range(len(targets))]
    rows = [{"input": i, "target": t} for i, t in zip(asked, targets, strict=True)]
    return {one.finding.code: one for one in AUDIT.run(material(kind, rows, **more))}


GOOD = [sentence(n) for n in range(60)]


def test_good_texts_are_not_named() -> None:
    assert look(GOOD) == {}
    with_lists = [f"{text}\n- first\n- second thing" for text in GOOD]
    assert look(with_lists) == {}
    unpunctuated = [text.rstrip(".") for text in GOOD]
    assert look(unpunctuated) == {}


def test_a_sign_off_is_a_proper_end() -> None:
    assert look([f"{text}\nWalk well, Oxbarrow" for text in GOOD]) == {}


def test_targets_that_stop_in_the_middle() -> None:
    found = look([*GOOD, "The shoe is made of lea", "It keeps your feet warm and the"])
    assert set(found) == {"cut_off"}
    assert set(found["cut_off"].hits["id"]) == {"r060", "r061"}


@pytest.mark.parametrize("end", ["but it is worn without", "so do you", "it costs 20 = "])
def test_ends_that_no_answer_has(end: str) -> None:
    assert set(look([*GOOD, f"Answer 99: the shoe is made of leather, {end}"])) == {"cut_off"}


@pytest.mark.parametrize(
    "end", ["Yes you can", "No, there is not", "It is worn. They do not", "I am"]
)
def test_an_answer_whose_rest_stands_in_the_question_is_whole(end: str) -> None:
    assert "cut_off" not in look([*GOOD, end])
    assert set(look([*GOOD, "Answer 99: the shoe keeps feet as warm as you can"])) == {"cut_off"}


def test_a_word_that_is_always_followed_by_another_does_not_end_a_text() -> None:
    found = look([*GOOD, "This shoe is made to be worn on a long wet"])
    assert found["cut_off"].hits["id"].to_list() == ["r060"]
    assert look([*GOOD, "Answer 99: it keeps your feet warm on the walk home here."]) == {}


def test_a_full_stop_alone_is_not_missed_by_those_who_set_none() -> None:
    assert look([*GOOD, "so here it says that you can buy these ones today"]) == {}


def test_inputs_that_stop_in_the_middle_are_a_note_and_questions_may_end_with_small_words() -> None:
    rows = [{"input": text, "target": "a" if n % 2 else "b"} for n, text in enumerate(GOOD)]
    rows += [{"input": "This shoe is made of lea", "target": "a"}]
    rows += [{"input": "So what are these shoes made for", "target": "a"}]
    (found,) = AUDIT.run(material("classify", rows))
    assert (found.finding.code, found.finding.severity) == ("cut_off_inputs", "note")
    assert found.hits["id"].to_list() == ["r060"]


def test_a_text_that_goes_round_in_circles() -> None:
    looped = GOOD[0] + " number 0 here." * 8
    found = look([*GOOD, looped])
    hit = found["looped"].hits.row(0, named=True)
    assert hit["id"] == "r060"
    assert looped[: hit["start"]] + hit["proposal"] + looped[hit["end"] :] == GOOD[0]


def test_emphasis_and_tables_are_no_loops() -> None:
    fine = ["No, no, no, no, that is not how it is done here.", "| 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 |"]
    assert "looped" not in look([*GOOD, *fine])


def test_inputs_that_say_nothing_among_inputs_that_are_sentences() -> None:
    said = [*GOOD, "TBD", "see above", "Yes"]
    rows = [{"input": text, "target": "a" if n % 2 else "b"} for n, text in enumerate(said)]
    found = {one.finding.code: one for one in AUDIT.run(material("classify", rows))}
    assert set(found) == {"empty", "one_word_inputs"}
    assert set(found["empty"].hits["id"]) == {"r060", "r061"}
    assert found["one_word_inputs"].finding.severity == "note"


def test_a_common_length_that_none_exceeds() -> None:
    long = [(f"{n} " + " ".join(WORDS[n % 5 :] * 30))[:255] for n in range(12)]
    long = [text[:-1] + "x" for text in long]
    found = look(GOOD, inputs=[*long, *GOOD[12:]])
    assert set(found) == {"same_length_inputs"}
    assert "255 characters" in found["same_length_inputs"].finding.sentence
    assert found["same_length_inputs"].finding.count == 12


def test_lengths_that_vary_are_no_cap() -> None:
    varied = [(f"{n} " + " ".join(WORDS * 30))[: 200 + n] for n in range(60)]
    assert "same_length_inputs" not in look(GOOD, inputs=varied)


def test_repeats_of_one_text_are_no_cap() -> None:
    again = ["This very same question comes again and again from everybody who has a shoe"] * 30
    assert "same_length_inputs" not in look(GOOD, inputs=[*again, *GOOD[30:]])


def test_empty_and_single_words() -> None:
    found = look([*GOOD, "N/A", "nan", "Yes"])
    assert set(found["empty"].hits["id"]) == {"r060", "r061"}
    assert found["one_word"].hits["id"].to_list() == ["r062"]


def test_short_answers_are_fine_where_all_are_short() -> None:
    assert look([f"Word{n}" for n in range(40)]) == {}
    chat = [
        {"input": t, "target": "a" if n % 2 else "b"}
        for n, t in enumerate(["?", "none", "no", "hi"])
    ]
    assert list(AUDIT.run(material("classify", chat))) == []


def tokens(texts: list[str]) -> np.ndarray:
    return np.array([len(text.split()) for text in texts])


def test_over_the_window_by_the_models_tokens() -> None:
    long = " ".join(WORDS * 10)
    found = look([*GOOD, f"{long}."], tokens=tokens, window=120)
    assert found["over_window"].hits["id"].to_list() == ["r060"]
    assert "own tokenizer" in found["over_window"].finding.sentence
    assert "over_window" not in look([*GOOD, f"{long}."], tokens=tokens, window=400)


def test_over_the_window_by_a_named_estimate() -> None:
    found = look([*GOOD, " ".join(WORDS * 40) + "."], window=256)
    assert "rough estimate" in found["over_window"].finding.sentence
    assert found["over_window"].finding.count == 1


def test_very_long_beside_short_where_no_window_is_known() -> None:
    found = look([*GOOD, " ".join(GOOD[:10])])
    assert set(found) == {"very_long"}
    assert look([*GOOD, " ".join(GOOD[:4])]) == {}


NOTICE = (
    "This message and its attachments are confidential and meant for the person named above alone."
)


def test_a_passage_that_all_share() -> None:
    found = look(GOOD, inputs=[f"Question {n}: where is it?\n\n{NOTICE}" for n in range(60)])
    one = found["boilerplate_inputs"]
    assert "end with" in one.finding.sentence
    assert one.finding.count == 60
    first = one.hits.row(0, named=True)
    text = f"Question 0: where is it?\n\n{NOTICE}"
    assert text[first["start"] : first["end"]] == NOTICE


def test_instructions_of_conversations_are_meant_to_be_the_same() -> None:
    asked = [as_input([Turn("system", NOTICE), Turn("user", f"where is {n}?")]) for n in range(60)]
    assert look(GOOD, inputs=asked, kind="chat") == {}


def test_json_targets_are_not_judged_by_their_ends() -> None:
    rows = [{"input": sentence(n), "target": f'{{"n":{n}}}'} for n in range(40)]
    given = task("extract")
    assert list(AUDIT.run(material("extract", rows, task=given))) == []
