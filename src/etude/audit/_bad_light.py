"""Whether a sentence says something bad of a group of people, or of something else beside it.

By what grammar shows in English: the group is what the sentence is about ("Germans are lazy", "the
Muslim man in the corner stole it"), or the bad word stands before it ("lazy Germans"). A lazy river, a
German oven, what is denied and what somebody calls a lie are passed over; so is what is only implied.
"""

from __future__ import annotations

import re
from functools import cache

from etude.audit._groups import PEOPLE, Group, groups, word_of
from etude.audit._words import table

_MARKS = " \"'“‘—–-("
_POSSESSIVE = frozenset({"his", "her", "hers", "him", "himself", "herself"})
_ADVERBS = (
    r"(?:all|so|too|very|really|just|quite|often|always|usually|mostly|simply|such|a bit|rather|known"
    r" to be|said to be|more|most|pretty|generally|naturally|clearly|still|only|a bunch of|a lot of"
    r"|both|an?|the|bloody|fucking|nothing but)"
)
_BETWEEN = (
    r"(?:,? (?!(?:who|that|which|not|never|and|but|said|says|say|think|thinks|found|find|complained"
    r"|complain|reported|report|told|felt|feel|saw|see|hate|fear|like|love|avoid|were|was|are|is|by|if"
    r"|when)\b)[\w'’-]+){0,4}?"
)
_BEING = (
    r"(?: (?:are|is|were|was|be|being|seem|seems|look|looks|get|gets|act|acts|behave|behaves|remain"
    r"|can be|tend to be|will be|have always been)|['’](?:re|s))"
)
_DENIED = re.compile(
    r"\b(?:lie|lies|myth|untrue|false|not true|wrong|nobody|no one|no-one|prejudices?|clich[eé]s?"
    r"|stereotypes?|rumou?rs?|don['’]t think|doesn['’]t mean|never say|not all|if)\b[^,;]*$",
    re.IGNORECASE,
)
_PLURAL = re.compile(r"(?:s|people|men|women|gentlemen|folk)$", re.IGNORECASE)
_ARE = re.compile(r" (?:are|were)\b", re.IGNORECASE)
_ALWAYS = re.compile(
    r"\b(?:are|tend to|will be|have always been|cannot|can['’]t|should not|shouldn['’]t|trust)\b"
    r"|['’]re\b",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"(?:^|[,;:]|\b(?:all|most|many|that|because|since|as|and|but|how|why|when|where|yes|no)) ?$",
    re.IGNORECASE,
)
"""Before "women" in "women are vain": with any other word they may be some women."""
_SOME = re.compile(
    r"\b(?:these|those|some|a few|several|both|two|three|four|five|\d+|my|your|our|their)$",
    re.IGNORECASE,
)
_THE = re.compile(r"\bthe$", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|never|hardly|no|neither|nor)\b|n['’]t\b", re.IGNORECASE)


@cache
def _words(form: str) -> str:
    return "|".join(" ".join(table("bad_light").filter(form=form)["words"]).split())


@cache
def sieve() -> str:
    """For Rust: texts that have a bad word at all."""
    return rf"(?i)\b(?:{_words('is')}|{_words('does')}|trust|trusted)\b"


@cache
def _people() -> str:
    """Groups where they are people: plural or with such as "people", not a dish or a street."""
    known = groups()
    words = sorted((set(known.of) - _POSSESSIVE), key=len, reverse=True)
    persons = [word for word in words if known.of[word][0] == "sex" or word.endswith("s")]
    adjectives = "|".join(words)
    return (
        rf"(?:(?:{adjectives}) {PEOPLE}|(?:{'|'.join(persons)})(?! {PEOPLE}\b)"
        rf"|(?:{adjectives})(?= (?:are|were)\b)|(?<=\ba )(?:{adjectives})(?= (?:is|was)\b))"
    )


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    group, bad, does = rf"\b(?P<group>{_people()})\b", _words("is"), _words("does")
    written = (
        rf"{group}{_BETWEEN}{_BEING}(?P<between>(?: {_ADVERBS})*) (?P<bad>{bad})\b",
        rf"{group}{_BETWEEN}(?P<between>(?: {_ADVERBS})*) (?P<bad>{does})\b",
        rf"\b(?P<bad>{bad})(?P<between>(?: old| young| little)?) {group}",
        r"\b(?P<bad>(?:don['’]t|do not|never|can['’]t|cannot) trust)(?P<between>(?: an?| the)?)"
        rf" {group}",
        rf"{group}{_BETWEEN} (?P<bad>(?:can['’]t|cannot|should not|shouldn['’]t) be trusted)"
        r"(?P<between>)",
    )
    return tuple(re.compile(one, re.IGNORECASE) for one in written)


@cache
def _mention() -> re.Pattern[str]:
    return re.compile(rf"\b{_people()}\b", re.IGNORECASE)


def people_in(text: str) -> set[Group]:
    """Groups of people that a text names; of its dishes and streets, none."""
    known = groups().of
    return {known[word_of(match)] for match in _mention().finditer(text)}


def group_of(match: re.Match[str]) -> Group:
    """The group that a match of ``bad_light`` is about."""
    said = match["group"].lower()
    return groups().of[next(word for word in (said, *said.split()) if word in groups().of)]


def of_a_whole(match: re.Match[str]) -> bool:
    """Whether a match of ``bad_light`` is said of all of a group ("Germans are lazy"), and not of some
    of it ("the Germans at table two are rude", "the women are jealous")."""
    group, sentence = match["group"], match.string
    plural = _PLURAL.search(group) or _ARE.match(sentence, match.end("group"))
    if not plural or not _ALWAYS.search(match[0]):
        return False
    before = sentence[: match.start()].strip(_MARKS)
    if group_of(match)[0] == "sex":
        return _FIRST.search(before) is not None
    at_table_two = _THE.search(before) and not _ARE.match(sentence, match.end("group"))
    return not (_SOME.search(before) or at_table_two)


def bad_light(sentence: str) -> re.Match[str] | None:
    """Where a sentence puts a group in a bad light (groups ``group`` and ``bad``); None where it
    does not."""
    for pattern in _patterns():
        for match in pattern.finditer(sentence):
            said = sentence[match.start() : match.start("bad")]
            if not _DENIED.search(sentence[: match.start()]) and not _NOT.search(said):
                return match
    return None
