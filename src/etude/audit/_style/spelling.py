"""British and American spelling, by words that have both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

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
_EITHER = {
    "programme": "program",
    "programmes": "programs",
    "licence": "license",
    "licences": "licenses",
    "catalogue": "catalog",
    "catalogues": "catalogs",
    "dialogue": "dialog",
    "dialogues": "dialogs",
}
"""British to American words that are written on both sides of the Atlantic: judged only where the
texts are British and mostly write the first."""
_DOUBTFUL = frozenset(
    [
        *("check", "checks", "tire", "tires", "tyre", "story", "meter", "meters"),
        *("curb", "mold", "donut", "humor"),
        *_EITHER,
        *_EITHER.values(),
    ]
)
"""American words that are British words for something else, or used in both."""
_SETTLED, _FEWEST_SETTLED = 0.8, 12
"""Share and number of texts from which on a word of ``_EITHER`` is how these texts write it."""


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


_CLEAR = _pairs()
_STARTS = regex.compile(r"(?:^|[.!?:\n]\s*[\"'“‘*-]*\s*)$")


@dataclass(frozen=True)
class _Pairs:
    """Words that are judged: British to American ones."""

    american: Mapping[str, str]

    @cached_property
    def forms(self) -> dict[str, Mapping[str, str]]:
        """Each side's words with the other's."""
        back = {other: word for word, other in self.american.items()}
        return {"british": self.american, "american": back}

    @cached_property
    def patterns(self) -> dict[str, str]:
        """Each side's words."""
        return {name: _any_of(words) for name, words in self.forms.items()}

    @cached_property
    def _compiled(self) -> dict[str, regex.Pattern[str]]:
        return {name: regex.compile(pattern) for name, pattern in self.patterns.items()}

    def measure(self, texts: pl.Series) -> pl.Series:
        """Which sides' words each text has."""
        return joined({n: texts.str.contains(p) for n, p in self.patterns.items()})

    def mark(self, text: str, value: str, rule: str) -> Sequence[Mark]:
        """Words of the other variant; names (a capital inside a sentence) are left alone."""
        places = []
        for name in value.split(MIXED):
            if name == rule:
                continue
            for found in self._compiled[name].finditer(text):
                word = found.group()
                if word[0].isupper() and not _STARTS.search(text, 0, found.start()):
                    continue
                other = self.forms[name][word.lower()]
                fit = other.capitalize() if word[0].isupper() else other
                places.append(Mark(*found.span(), around(text, *found.span()), fit))
        return places


def traits(texts: pl.Series) -> Iterator[Trait]:
    """Judged in texts with a word that has both spellings."""
    pairs = _Pairs(_CLEAR | _settled(texts))
    yield Trait(
        "spelling_variant",
        pairs.measure,
        phrases(british="use British spelling", american="use American spelling"),
        "the model learns to mix British and American spelling",
        pairs.mark,
        among=" with a word that has both spellings",
        least=0.7,
        sure=0.55,
        copied=True,
        repair="spell the words as most do",
    )


def _any_of(words: Iterable[str]) -> str:
    small = set(words)
    return rf"\b{alternatives({*small, *map(str.capitalize, small)})}\b"


def _settled(texts: pl.Series) -> dict[str, str]:
    """Of words written on both sides, those that British texts mostly write the British way."""
    british, american = (texts.str.contains(p) for p in _Pairs(_CLEAR).patterns.values())
    count = int(british.sum())
    if not count or count < _SETTLED * int((british | american).sum()):
        return {}
    found = {}
    for word, other in _EITHER.items():
        mine, its = (texts.str.contains(_any_of([one])) for one in (word, other))
        count = int(mine.sum())
        if count >= _FEWEST_SETTLED and count >= _SETTLED * int((mine | its).sum()):
            found[word] = other
    return found


PROPERTY = traits
