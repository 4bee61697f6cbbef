"""Phrases in English that say of a person what the law protects most (GDPR, article 9).

Each category is a pattern of who it is said of and what is said ("I am" + a state, "my daughter has" +
an illness). A topic is no such phrase, nor is a law, a club or a street with the same words.
"""

from __future__ import annotations

import re
from functools import cache

from etude.audit._words import table

_KIN = (
    r"(?:son|daughter|wife|husband|partner|mother|father|mum|mom|dad|brother|sister|child|children"
    r"|kids?|baby|grandmother|grandfather|grandma|grandpa|gran|aunt|uncle|cousin|nephew|niece"
    r"|girlfriend|boyfriend|fianc[eé]e?|boss|colleague|neighbou?r|friend|employee|patient|family"
    r"|parents)"
)
_ROLE = (
    r"(?:the|this|our) (?:patient|employee|client|applicant|claimant|policyholder|insured|candidate"
    r"|resident|tenant|pupil|student|member|guest|caller)"
)
_WHO = (
    rf"(?:[Ii]|[Ww]e|(?i:(?:my|your|our|his|her) (?:\w+ )?{_KIN}|{_ROLE})"
    r"|(?:Mr|Mrs|Ms|Miss)\.? [A-Z]\w+)"
)
_ADVERBS = (
    r"(?:\s(?:also|already|now|still|currently|recently|just|both|unfortunately|since|been|actually"
    r"|always|myself|proudly|officially|not only))*"
)
_IS = (
    r"(?:['’](?:m|s|re|ve been)|\s(?:am|is|was|are|were|has been|have been|became|become|turned"
    rf"|(?:was|were) (?:born|raised|baptised|baptized)(?: as)?|came out as|identif(?:y|ies) as))"
    rf"{_ADVERBS}"
)
_HAS = (
    rf"(?:['’](?:ve|s)|['’]m|\s(?:am|is|was|were|been|have|has|had|suffers?|suffered|lives?"
    rf"|takes?|took|needs?|needed|gets?|got|receives?|received|uses?|used|carry|carries"
    rf"|starts?|started|survived|beat|undergo|underwent|developed|contracted|caught|struggles?"
    rf"|tested positive))"
    rf"{_ADVERBS}(?:\s(?:got|getting|having|had|from|with|for|on|off work|off sick|off|being|been"
    r"|treated|recovering|suffering|living|struggling|dealing|coping|diagnosed|hospitali[sz]ed|admitted"
    r"|waiting|undergoing|using|taking|prescribed))*"
)
_GRADES = (
    r"(?:(?:my|his|her|severe|serious|chronic|acute|early|late|advanced|mild|bad|terminal|a|an"
    r"|stage \w+|very|type [12]|post-?natal|recurrent|long-term|rare|new) ){0,3}"
)
_NO_TOPIC = (
    r"(?!['’]s|[ -](?:research\w*|charit\w+|insurance|cover\w*|awareness|campaign\w*|books?|drugs?"
    r"|tests?|screening|wards?|units?|community|bars?|clubs?|rights|studies|experts?|specialists?"
    r"|nurses?|clinics?|museum|friendly|accessible|parking|pass|service|policy|policies|questions?"
    r"|advice|leaflets?|pride|marriages?|flag|film|parade|quarter))"
)
"""After a word of a person: what makes it a topic."""
_FAITH = (
    r"(?:a |an |the )?(?:(?:practi[sc]ing|devout|orthodox|religious|strict|born-again|lapsed|proud"
    r"|observant|roman|greek|russian) ){0,2}(?:muslims?|christians?|catholics?|protestants?|jews?"
    r"|jewish|hindus?|buddhists?|sikhs?|jains?|atheists?|agnostics?|jehovah['’]s witness(?:es)?"
    r"|mormons?|baptists?|methodists?|lutherans?|anglicans?|evangelicals?|quakers?|pentecostals?"
    r"|orthodox|pagans?|bah[aá]['’]?[ií]s?|shia|sunni|amish|pastor|rabbi|imam|nun|priest)"
)
_NO_NAME = r"(?! (?:[A-Z]|name|bakery|church|era|art|music|food|cuisine|temple|delight))"
_ORIENTED = (
    r"(?:a |an )?(?:gay|lesbians?|bisexual|bi-?sexual|homosexual|asexual|pansexual|queer|transgender"
    r"|trans|non-?binary|transsexual|polyamorous|in a same-sex (?:relationship|marriage))"
)
_PEOPLE = (
    r"(?:man|woman|person|people|family|couple|guy|girl|boy|mother|father|student|guest|customer)"
)
_ADJECTIVE = (
    r"(?:[Rr]oma|[Rr]omani|[Ss]inti|[Jj]ewish|[Aa]rab|[Aa]frican(?:[- ][Aa]merican)?|[Aa]sian"
    r"|[Kk]urdish|[Tt]urkish|[Bb]lack|[Hh]ispanic|[Ll]atin[oax]|[Ii]ndigenous|[Aa]boriginal"
    r"|M[aā]ori|[Nn]ative [Aa]merican|[Ii]nuit|S[aá]mi|[Aa]fro-[Cc]aribbean|[Mm]ixed[- ][Rr]ace"
    r"|[Bb]iracial|[Cc]aribbean|[Gg]ypsy)"
)
_ORIGIN = (
    rf"(?:of (?:\w+[ -])?(?!(?:good|low|high|old|unknown)\b)[A-Z]\w+ (?:origin|descent|heritage"
    rf"|ancestry)|(?:an? )?{_ADJECTIVE} {_PEOPLE}|an? (?:refugee|asylum seeker|Irish [Tt]raveller"
    r"|Gypsy)"
    r"|(?:Black|Roma|Romani|Sinti|[Mm]ixed[- ][Rr]ace|[Bb]iracial|Hispanic|Latin[oax]|Aboriginal"
    r"|Indigenous|Native American|M[aā]ori|Travellers|Gypsies|Inuit)(?! (?:[A-Z]|tie|belt|and white|art"
    r"|music|food|fans?)))"
)
_NOT_UNIONS = (
    r"(?:credit|student|students['’]?|european|western|customs|rugby|soviet|monetary|civil)"
)
_UNION_NAMES = r"(?:Unison|UNISON|GMB|UAW|SEIU|Teamsters|IG Metall|ver\.di|RMT|NEU|CWU)"
_UNIONS = (
    rf"(?:{_UNION_NAMES}|(?:the |a |my |our )?(?!{_NOT_UNIONS}\b)(?:[\w'’]+ ){{0,2}}(?<!credit )"
    r"(?<!student )(?<!students )(?<!European )(?<!Western )unions?(?! (?:square|station|bank|bar"
    r"|building|jack|account|card|street)))"
)
_UNION = (
    r"(?:(?:a |an |the )?(?:(?:trade|labou?r|local) )?(?:union (?:member|rep(?:resentative)?"
    rf"|organi[sz]er|official)|shop steward|member of {_UNIONS})|in {_UNIONS}|unioni[sz]ed)"
)
_PARTIES = (
    r"(?:Labour|(?:the )?(?:Conservatives?|Tory|Tories|Liberal Democrats?|Lib Dems?|Greens?"
    r"|Republicans?|Democrats?|Socialists?|Communists?|SNP|UKIP|AfD|CDU|SPD|FDP|Trump|Biden|Obama|Clinton|Brexit)"
    r"|(?:the )?(?:\w+ ){1,2}[Pp]arty)"
)
_PARTY = (
    rf"(?:(?:a |an )?(?:(?:card-carrying|lifelong|registered|proud|paid-up) )?(?:member of {_PARTIES}"
    rf"|{_PARTIES} (?:voter|supporter|member|donor|councillor)|communist|socialist|republican|democrat"
    rf"|tory|libertarian|anarchist|marxist|conservative voter)|in (?:the )?(?:\w+ ){{1,2}}Party)"
)
_BODY = (
    r"(?:fingerprints?(?: scans?)?|iris scans?|retina(?:l)? scans?|face ?prints?|face scans?"
    r"|voice ?prints?|palm ?prints?|dna (?:test|profile|sample)s?|DNA (?:test|profile|sample|result)s?"
    r"|genetic (?:test|profile|data|result)s?|genome|BRCA\d?|biometrics?|biometric data"
    r"|(?:saliva|blood) (?:for the DNA test|sample))(?! (?:sensor|reader|scanner|login|lock|unlock))"
)


def _health() -> tuple[str, str]:
    listed = {form: "|".join(words.split(";")) for form, words in table("conditions").iter_rows()}
    ills, states, drugs = listed["has"], listed["is"], listed["takes"]
    complaint = r"[a-z][\w' -]{3,40}"
    pattern = (
        rf"{_WHO}{_IS}\s(?:{states})\b{_NO_TOPIC}"
        rf"|{_WHO}{_HAS}\s{_GRADES}(?:{ills})\b{_NO_TOPIC}"
        rf"|{_WHO}\s(?:am on|is on|are on|takes?|took|need|needs|was prescribed|been prescribed"
        rf"|started|been on|was on|(?:am|is|was) taking) (?:my |a |daily )?(?:{drugs})\b"
        rf"|{_WHO}['’](?:m|s|re) (?:on|taking) (?:my |a |daily )?(?:{drugs})\b"
        rf"|\b(?i:since|because of|due to|despite|after|with) my (?:{ills}|{drugs})\b{_NO_TOPIC}"
        rf"|\b(?:[Mm]y|[Hh]is|[Hh]er) (?:\w+ )?(?:{ills}) (?:medication|diagnosis|treatment|medicine"
        rf"|symptoms)\b"
        rf"|\b(?:found|discovered|removed|spotted|diagnosed) (?:{ills}) (?:in|on) (?:my|his|her)\b"
        rf"|\b(?:[Tt]he |[Tt]his |[Oo]ur )?[Pp]atient(?:, (?:aged )?\d+(?: years old)?,)? (?:reports?"
        rf"|presents? with|presented with|complain(?:s|ed) of|(?:was|is) (?:admitted|treated"
        rf"|hospitali[sz]ed) (?:with|for)|suffers from|underwent) {complaint}"
    )
    return f"{ills}|{states}|{drugs}|patient", pattern


def _others() -> dict[str, tuple[str, str]]:
    as_one = r"\b[Aa]s (?=an? )"
    return {
        "religion": (
            rf"{_FAITH}|islam|christianity|judaism|hijab|baptis",
            rf"{_WHO}{_IS}\s(?i:{_FAITH})\b{_NO_TOPIC}{_NO_NAME}"
            rf"|{as_one}(?i:{_FAITH})\b(?=,? [Ii]\b| \w+ [Ii]\b)|{_WHO}(?:\s\w+)? converted to "
            r"(?:Islam|Christianity|Judaism|Buddhism|Hinduism|Catholicism)|\b[Ii] (?:wear a (?:hijab"
            r"|niqab|turban|kippah)|go to (?:mass|church|mosque|synagogue) every)",
        ),
        "sexual life": (
            rf"{_ORIENTED}|came out|affair",
            rf"{_WHO}{_IS}\s{_ORIENTED}\b{_NO_TOPIC}(?! [A-Z])|{_WHO} came out (?:as|to|in|at|last)\b"
            r"|\b[Ii](?:['’]m| am)? (?:have|had|having) an affair\b(?! (?:to|at)\b)",
        ),
        "ethnic origin": (
            _ORIGIN,
            rf"{_WHO}{_IS}\s{_ORIGIN}(?!\w)|{as_one}an? {_ADJECTIVE} {_PEOPLE}\b",
        ),
        "union membership": (
            rf"union|shop steward|{_UNION_NAMES}",
            rf"{_WHO}{_IS}\s(?i:{_UNION})\b"
            rf"|{_WHO}\s(?:\w+\s)?(?:joined|joining|left|belong to) {_UNIONS}"
            r"|\b[Mm]y union (?:rep|representative|dues|card|membership)\b|\bunion dues\b"
            rf"|\b(?:pay|paid) (?:my |the )?dues to {_UNIONS}",
        ),
        "politics": (
            rf"{_PARTY}|\b(?:vot|campaign|donat|canvass)|party",
            rf"{_WHO}{_IS}\s(?i:{_PARTY})\b|{_WHO}\s(?:\w+ )?votes?d? (?:for )?(?:the )?{_PARTIES}\b"
            rf"|[Ii]\s(?:\w+ )?(?:voted?|will vote) for (?:the )?[A-Z]\w+"
            rf"|{_WHO}\s(?:campaigns?|campaigned|canvass(?:es|ed)?|volunteers?|donates?|donated) "
            rf"(?:for |to )?(?:the )?{_PARTIES}\b",
        ),
        "biometrics and genes": (
            rf"{_BODY}|gene for|a carrier|mutation",
            rf"\b(?:[Mm]y|[Hh]is|[Hh]er|[Oo]ur|[Tt]he (?:patient|employee|applicant)(?:['’]s)?)"
            rf" {_BODY}\b|{_WHO}\s(?:carry|carries|have|has) the (?:\w+ )?(?:gene|mutation)\b"
            r"(?: for [a-z ]{3,30})?"
            r"|\bgenetic test (?:says|said|shows|showed|found) (?:that )?(?:I|my|he|she)\b",
        ),
    }


@cache
def signs() -> dict[str, tuple[str, re.Pattern[str]]]:
    """Category to a sieve for Rust and a pattern."""
    said = {"health": _health()} | _others()
    return {
        name: (_for_rust(sieve), re.compile(rf"(?<![\w'’])(?:{pattern})"))
        for name, (sieve, pattern) in said.items()
    }


_AROUND = re.compile(r"\(\?<?[=!](?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")


def _for_rust(pattern: str) -> str:
    """Without what must stand beside a word, which Rust's regexes don't know."""
    return rf"(?i)(?:{_AROUND.sub('', pattern)})"
