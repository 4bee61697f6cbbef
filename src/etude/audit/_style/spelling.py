"""British and American spelling, by words that have both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl
import regex

from etude.audit._style._trait import MIXED, Mark, Trait, alternatives, around, joined, phrases

_PAIRS = (
    "colour color|colours colors|coloured colored|colouring coloring|colourful colorful|"
    "favour favor|favours favors|favourite favorite|favourites favorites|favourable favorable|"
    "flavour flavor|flavours flavors|flavoured flavored|honour honor|honours honors|"
    "honoured honored|labour labor|neighbour neighbor|neighbours neighbors|"
    "neighbourhood neighborhood|neighbourhoods neighborhoods|neighbouring neighboring|"
    "behaviour behavior|behaviours behaviors|rumour rumor|humour humor|harbour harbor|"
    "centre center|centres centers|centred centered|theatre theater|theatres theaters|"
    "metre meter|metres meters|litre liter|litres liters|kilometre kilometer|"
    "kilometres kilometers|fibre fiber|fibres fibers|calibre caliber|defence defense|"
    "offence offense|licence license|pretence pretense|travelled traveled|"
    "travelling traveling|traveller traveler|travellers travelers|cancelled canceled|"
    "cancelling canceling|modelled modeled|modelling modeling|labelled labeled|"
    "labelling labeling|fuelled fueled|jewellery jewelry|catalogue catalog|catalogues catalogs|"
    "dialogue dialog|grey gray|cosy cozy|tyre tire|tyres tires|mould mold|plough plow|"
    "aluminium aluminum|aeroplane airplane|cheque check|cheques checks|programme program|"
    "programmes programs|pyjamas pajamas|sceptical skeptical|fulfil fulfill|enrol enroll|"
    "skilful skillful|ageing aging|doughnut donut|moustache mustache|storey story|kerb curb"
)
_VERBS = (
    "apologise realise organise recognise customise optimise personalise minimise maximise "
    "prioritise summarise specialise finalise authorise standardise analyse categorise "
    "emphasise energise familiarise modernise revolutionise synchronise utilise visualise "
    "memorise criticise economise harmonise initialise normalise stabilise paralyse catalyse"
)
_DOUBTFUL = frozenset(
    [
        *("license", "licence", "check", "checks", "program", "programs", "programme"),
        *("programmes", "tire", "tires", "tyre", "story", "meter", "meters", "dialog", "dialogue"),
        *("catalog", "catalogs", "curb", "mold", "donut", "humor"),
    ]
)
"""American words that are British words for something else, or used in both: never judged."""


def _pairs() -> dict[str, str]:
    """British to American."""
    pairs = dict(pair.split() for pair in _PAIRS.split("|"))
    for verb in _VERBS.split():
        stem = verb[:-2]
        for end in ("e", "es", "ed", "ing"):
            pairs[stem + "s" + end] = stem + "z" + end
        if verb.endswith("ise"):
            pairs[stem + "sation"] = stem + "zation"
            pairs[stem + "sations"] = stem + "zations"
    return {b: a for b, a in pairs.items() if b not in _DOUBTFUL and a not in _DOUBTFUL}


_AMERICAN = _pairs()
_BRITISH = {american: british for british, american in _AMERICAN.items()}
_FORMS = {"british": _AMERICAN, "american": _BRITISH}
_PATTERNS = {
    name: rf"\b{alternatives({*words, *map(str.capitalize, words)})}\b"
    for name, words in _FORMS.items()
}
_COMPILED = {name: regex.compile(pattern) for name, pattern in _PATTERNS.items()}
_STARTS = regex.compile(r"(?:^|[.!?:\n]\s*[\"'“‘*-]*\s*)$")


def traits(texts: pl.Series) -> Iterator[Trait]:
    """Judged in texts with a word that has both spellings."""
    yield Trait(
        "spelling_variant",
        lambda series: joined({n: series.str.contains(p) for n, p in _PATTERNS.items()}),
        phrases(british="use British spelling", american="use American spelling"),
        "the model learns to mix British and American spelling",
        _mark,
        among=" with a word that has both spellings",
        least=0.7,
        sure=0.55,
        copied=True,
        repair="spell the words as most do",
    )


PROPERTY = traits


def _mark(text: str, value: str, rule: str) -> Sequence[Mark]:
    """Words of the other variant; names (a capital inside a sentence) are left alone."""
    places = []
    for name in value.split(MIXED):
        if name == rule:
            continue
        for found in _COMPILED[name].finditer(text):
            word = found.group()
            if word[0].isupper() and not _STARTS.search(text, 0, found.start()):
                continue
            other = _FORMS[name][word.lower()]
            fit = other.capitalize() if word[0].isupper() else other
            places.append(Mark(*found.span(), around(text, *found.span()), fit))
    return places
