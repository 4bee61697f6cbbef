"""Records of what the law protects most (GDPR, article 9): a person's health, religion, politics,
origin, sexual life, union membership, biometrics, genes.

A topic is no record: only what is said of a person who writes, is written to or is dealt with counts
("I am diabetic", "the patient has asthma", "Religion: Sikh"), by phrases in English. What a text says
of public figures, or in general, is passed over; so is much else: it is a sign, not a search.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import polars as pl

from etude.audit._base import Audit, Found, Material, count_of, found
from etude.audit._textual import (
    WORDED,
    Finder,
    Place,
    around,
    exact,
    fields,
    places,
    read,
    share,
    together,
)
from etude.audit._words import table
from etude.records.dataset import Repair

_KIN = (
    r"(?:son|daughter|wife|husband|partner|mother|father|mum|mom|dad|brother|sister|child"
    r"|baby|kid|grandmother|"
    r"grandfather|grandma|grandpa|girlfriend|boyfriend|fianc[eé]e?|boss|colleague|employee|patient)"
)
_ROLE = (
    r"(?:the|this|our) (?:patient|employee|client|applicant|claimant|policyholder|insured"
    r"|candidate|"
    r"resident|tenant|pupil|student|member|guest|caller)"
)
_WHO = rf"(?:I|(?i:(?:my|your) (?:\w+ )?{_KIN}|{_ROLE})|(?:Mr|Mrs|Ms|Miss)\.? [A-Z]\w+)"
_ADVERBS = (
    r"(?:\s(?:also|already|now|still|currently|recently|just|both|unfortunately|since|been))*"
)
_IS = rf"(?:['’]m|['’]s|\s(?:am|is|was|are|were|has been|have been)){_ADVERBS}"
_HAS = (
    rf"(?:['’]ve|\s(?:have|has|had|suffers?|suffered|live|lives|take|takes|took|am on|is on"
    rf"|need|needs|needed|"
    rf"get|gets|receive|receives|was diagnosed|am diagnosed|been diagnosed|tested positive))"
    rf"{_ADVERBS}(?:\s(?:got|from|with|for|on|diagnosed with))*"
)
_FAITH = (
    r"(?:a |an )?(?:(?:practising|practicing|devout|orthodox|religious|strict) )?(?:muslim"
    r"|christian|catholic|"
    r"protestant|jew(?:ish)?|hindu|buddhist|sikh|atheist|jehovah['’]s witness|mormon)"
)
_ORIENTED = (
    r"(?:gay|lesbian|bisexual|homosexual|asexual|queer|transgender|trans|non-binary|transsexual)"
)
_ORIGIN = (
    r"(?:of (?:\w+ )?(?:roma|jewish|arab|african|asian|kurdish|turkish|black) (?:origin"
    r"|descent|heritage)|"
    r"(?:a )?(?:black|mixed[- ]race|roma|romani|latina?|hispanic) (?:man|woman|person|family"
    r"|guy|girl)|"
    r"an? (?:refugee|asylum seeker))"
)
_UNION = (
    r"(?:a |an )?(?:(?:trade|labou?r) )?(?:union (?:member|rep(?:resentative)?|organi[sz]er"
    r"|official)|"
    r"shop steward|member of (?:a|the|my|our) (?:\w+ )?union)"
)
_PARTY = (
    r"(?:a |an )?(?:member of (?:the )?(?:\w+ ){0,2}(?:party|labour party|republicans?"
    r"|democrats?|conservatives|greens|"
    r"afd|cdu|spd)|(?:card-carrying |lifelong )?(?:communist|socialist|republican|democrat|tory))"
)
_VOTED = r"\s(?:voted?|always vote|will vote|campaigned?) for (?:the )?(?:[A-Z]\w+)"
_FIELD = (
    r"(?im)(?:^|[;|,{]\s*|\")\"?@\"?\s*[:=]\s*\"?(?!\s*(?:null|none|n/a|unknown|no\b|-|\""
    r"|$))[\w][^\n;|\"]{1,60}"
)
_NO_TOPIC = (
    r"(?!['’]s|[ -](?:research\w*|charit\w+|insurance|cover\w*|awareness|campaign\w*|books?"
    r"|drugs?|tests?|"
    r"screening|wards?|units?|community|bars?|clubs?|rights|studies|experts?|specialists?|nurses?))"
)
"""After an illness: what makes it a topic."""
_RECORDS = {
    "health": (
        r"(?:diagnos[ie]s|medical (?:history|conditions?)|medications?|disabilit(?:y|ies)|blood "
        r"(?:type|group)|icd(?:-10)?(?: code)?|"
        r"allergies and conditions)"
    ),
    "religion": r"(?:religion|denomination|faith)",
    "ethnic origin": r"(?:ethnicity|race/ethnicity|ethnic (?:origin|group))",
    "sexual life": r"(?:sexual orientation|gender identity)",
    "union membership": r"(?:(?:trade )?union (?:member(?:ship)?)?)",
    "politics": r"(?:political (?:party|views?|affiliation))",
    "biometrics and genes": (
        r"(?:fingerprint(?: id| hash| template)?|iris scan|face(?:print| template)|dna profile"
        r"|genetic test)"
    ),
}
_OWN_BIOMETRICS = (
    r"\b(?:my|his|her|the (?:patient|employee|applicant)(?:['’]s)?) (?:fingerprints?(?: "
    r"scans?)?|iris scans?|"
    r"face ?prints?|voice ?prints?|dna (?:test|profile|sample)s?|genetic (?:test|profile)s?"
    r"|BRCA\d?)\b"
)
_SIEVE = (
    r"(?i)\b(?:i|my|your|the|this|our|mr|mrs|ms|miss)\b|(?:diagnos|medic|disabilit|blood|icd"
    r"|allerg|religion|"
    r"denomination|faith|ethnic|race|sexual|gender|union|political|finger|iris|face|dna"
    r"|genetic)[\w -]*\"?\s*[:=]"
)


@cache
def _signs() -> dict[str, tuple[str, re.Pattern[str]]]:
    """Category to a sieve for Rust and a pattern."""
    listed = {form: "|".join(words.split(";")) for form, words in table("conditions").iter_rows()}
    ills, states = listed["has"], listed["is"]
    health = (
        rf"{_WHO}{_IS}\s(?:{states})\b|{_WHO}{_HAS}\s(?:(?:my|severe|chronic|early|advanced|mild|a|"
        rf"stage \w+) ){{0,2}}(?:{ills})\b{_NO_TOPIC}"
        rf"|\b[Mm]y (?:{ills}) (?:medication|diagnosis|treatment|medicine|symptoms)\b"
    )
    said = {
        "health": (f"{ills}|{states}", health),
        "religion": (_FAITH, rf"{_WHO}{_IS}\s(?i:{_FAITH})\b"),
        "sexual life": (_ORIENTED, rf"{_WHO}{_IS}\s(?:a |an )?{_ORIENTED}\b{_NO_TOPIC}"),
        "ethnic origin": (_ORIGIN, rf"{_WHO}{_IS}\s(?i:{_ORIGIN})\b"),
        "union membership": (_UNION, rf"{_WHO}{_IS}\s{_UNION}\b"),
        "politics": (f"{_PARTY}|{_VOTED}", rf"(?:{_WHO}{_IS}\s(?i:{_PARTY})\b|\bI{_VOTED})"),
        "biometrics and genes": (_OWN_BIOMETRICS, _OWN_BIOMETRICS),
    }
    return {
        name: (rf"(?i)(?:{sieve})", re.compile(rf"(?<![\w'’])(?:{pattern})"))
        for name, (sieve, pattern) in said.items()
    }


@cache
def _record_signs() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(_FIELD.replace("@", words)) for name, words in _RECORDS.items()}


def _run(material: Material) -> Iterator[Found]:
    parts: dict[str, list[pl.DataFrame]] = {}
    for field in fields(material.task):
        rows = read(material, field)
        rows = rows.filter(pl.col("text").str.contains(_SIEVE))
        for name, (sieve, pattern) in _signs().items():
            seen = rows.filter(pl.col("text").str.contains(sieve))
            hits = places(seen, field, _finder(pattern, 0.85), offsets=exact(material, field))
            parts.setdefault(name, []).append(hits)
        for name, pattern in _record_signs().items():
            seen = rows.filter(pl.col("text").str.contains(rf"(?i)\b{_RECORDS[name]}\"?\s*[:=]"))
            hits = places(seen, field, _finder(pattern, 0.75), offsets=exact(material, field))
            parts.setdefault(name, []).append(hits)
    for name, frames in parts.items():
        hits = together(frames)
        if len(hits):
            yield _found(material, name, hits)


def _finder(pattern: re.Pattern[str], score: float) -> Finder:
    def finder(text: str) -> Iterator[Place]:
        for match in pattern.finditer(text):
            if not _unsaid(text, match):
                yield Place(*match.span(), around(text, *match.span()), None, score)

    return finder


_NOT = re.compile(
    r"\b(?:if|whether|unless|suppose|not|never|n['’]t|no|without|when)\b", re.IGNORECASE
)


def _unsaid(text: str, match: re.Match[str]) -> bool:
    """A condition or a denial: "if I am pregnant", "I am not disabled"."""
    before = re.split(r"[.!?,;\n]", text[max(0, match.start() - 25) : match.start()])[-1]
    return bool(_NOT.search(before)) or bool(_NOT.search(match.group()))


def _found(material: Material, name: str, hits: pl.DataFrame) -> Found:
    rows, count = len(material.frame), hits["id"].n_unique()
    return found(
        "sensitive",
        name.replace(" ", "_"),
        "warning",
        f"{count_of(count, 'example')} of {rows:,} ({share(count, rows)}) "
        f"{'says' if count == 1 else 'say'} of a person what the law protects most: {name}",
        hits,
        costs="training on it needs the person's explicit consent or another ground of article 9 "
        "GDPR, and a model may say it again",
        repair=Repair(apply="decide", sentence="take it out, or say under `rights` what allows it"),
        seconds_each=10,
    )


AUDIT = Audit("health and other protected data about people", WORDED, "rows", _run)
