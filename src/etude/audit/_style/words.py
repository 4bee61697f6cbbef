"""Who speaks to whom, and when: person, address, contractions, tense. Crude, and told as notes."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from etude.audit._style._trait import Style, Trait, choice, opening, phrases, presence

_NT = r"(?i)\b\w+n['’]t\b|\b(?:i|you|we|they|he|she|it|that|there|here|what|who)['’](?:m|re|ve|ll|d)\b"
_IS = r"|\b(?:it|that|there|here|what|who|let|he|she)['’]s\b"
_FULL = (
    r"(?i)\b(?:do|does|did|is|are|was|were|have|has|had|could|would|should|will|can) not\b|"
    r"\bcannot\b|\b(?:i am|you are|we are|they are|that is|i have|we have|you will|we will|i will)\b"
)
_CONTRACTED = {
    "short": Style(_NT + _IS, "use short forms (“don't”, “we're”)"),
    "full": Style(_FULL, "write “do not” and “we are” in full"),
}
_PERSON = {
    "singular": Style(r"\b(?:I|I['’]m|I['’]ll|I['’]ve|[Mm]y|[Mm]e)\b", "speak as “I”"),
    "plural": Style(r"\b(?:[Ww]e|[Oo]ur|[Oo]urs|us)\b", "speak as “we”"),
}
_GERMAN = {
    "formal": Style(r"\b(?:Ihnen|Ihr|Ihre|Ihren|Ihrem|Ihrer)\b", "say “Sie”"),
    "familiar": Style(r"\b(?:du|dich|dir|dein|deine|deinen|deinem|deiner)\b", "say “du”"),
}
_FRENCH = {
    "formal": Style(r"(?i)\b(?:vous|votre|vos)\b", "say “vous”"),
    "familiar": Style(r"\b(?:tu|toi|ta|tes|ton)\b", "say “tu”"),
}
_SPANISH = {
    "formal": Style(r"(?i)\b(?:usted|ustedes)\b", "say “usted”"),
    "familiar": Style(r"\b(?:tú|ti|tus|contigo)\b", "say “tú”"),
}
_PAST = (
    r"(?i)\b(?:was|were|had|did|went|came|said|made|took|got|gave|found|told|knew|thought|saw)\b"
)
_PRESENT = r"(?i)\b(?:is|are|am|has|have|do|does|can|will|goes|comes|makes|takes|gives|gets)\b"
_VOICES = "the model learns to change who speaks from answer to answer"


def traits(texts: pl.Series) -> Iterator[Trait]:
    """English ones, and the formal address of three other languages."""
    yield choice(
        "short_forms",
        _CONTRACTED,
        " that could have short forms",
        "the model learns to mix “don't” and “do not”",
        least=0.9,
        severity="note",
        rules=frozenset({"full"}),
    )
    yield choice(
        "person", _PERSON, " that speak of themselves", _VOICES, least=0.93, severity="note",
        copied=True,
    )  # fmt: skip
    yield presence(
        "address",
        r"(?i)\b(?:you|your|yours|yourself)\b",
        "speak to the reader as “you”",
        "do not",
        _VOICES,
        mark=opening,
        least=0.93,
        severity="note",
        rules=frozenset({"has"}),
    )
    for styles in (_GERMAN, _FRENCH, _SPANISH):
        yield choice("formal_address", styles, " that address somebody", _VOICES)
    yield _tense()


PROPERTY = traits


def _tense() -> Trait:
    """Past or present, where a text has at least three words of one and none of the other."""

    def measure(texts: pl.Series) -> pl.Series:
        past, present = texts.str.count_matches(_PAST), texts.str.count_matches(_PRESENT)
        value = (
            pl.when((past >= 3) & (present == 0))
            .then(pl.lit("past"))
            .when((present >= 3) & (past == 0))
            .then(pl.lit("present"))
        )
        return pl.select(value)[:, 0]

    return Trait(
        "tense",
        measure,
        phrases(past="tell it in the past", present="tell it in the present"),
        "the model learns to change the tense from answer to answer",
        among=" whose tense is plain",
        least=0.93,
        severity="note",
    )
