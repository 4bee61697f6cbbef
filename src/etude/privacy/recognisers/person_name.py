"""Names of people by what leads to them: titles, "my name is", greetings, sign-offs, form fields.

A name in the middle of a sentence, with nothing to lead to it, is not found: that needs a language
model (see ``etude.privacy.presidio``). Capitals count, except after "my name is".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.given_names import is_given
from etude.privacy.sorts import NAME, SIGNED

_CAPITAL = r"[A-ZÀ-ÖØ-ÞŁŚŻČŠŽİ]"
_WORD = (
    rf"(?:(?:O['’]|Mc|Mac|De|Di|La|Le)?{_CAPITAL}[a-zß-öø-ÿāăąćčđęěğıłńňőřśşšťůűźżž]+"
    r"(?:[-'’][A-ZÀ-ÞŁŚ][a-zß-ÿ]+)*)"
)
_LINK = r"(?:v[ao]n de[rn] |van de |v[ao]n |de la |de los |de |da |dos |del |di |bin |al-|el-)"
_MORE = rf"(?:[ ](?:[A-Z]\.[ ])?{_LINK}?{_WORD})"
_NAME = rf"{_WORD}{_MORE}{{0,2}}"
_TITLES = (
    r"Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Herrn?|Frau|Monsieur|Madame|Mme|Mlle|Señora?|Sra?"
    r"|Signora?"
    r"|Mevrouw|Meneer"
)
_TITLED = re.compile(
    rf"(?<![\w.])(?<![Tt]he )(?:{_TITLES})(?:\.\s?|[ ])(?:(?:Dr|Prof)\.? ?)*({_NAME})(?!\w)"
)
_SAYING = (
    r"(?i:my (?:full |first |last )?name(?:['’]s| is|:)|i am called|mein name ist|ich heiße"
    r"|je m['’]appelle|mon nom est|me llamo|mi nombre es|mi chiamo|il mio nome è|mijn naam is"
    r"|nazywam się|jag heter|meu nome é) "
)
_SAID = re.compile(rf"(?<!\w){_SAYING} ?({_NAME})(?!\w)")
_SAID_SMALL = re.compile(
    r"(?<!\w)(?i:my name is|mein name ist|me llamo"
    r"|je m['’]appelle)[ ]([a-z]{3,15}(?: [a-z]{3,15}){0,1})\s*(?:[.,!]|$)",
    re.MULTILINE,
)
_INTRODUCED = re.compile(
    rf"(?<!\w)(?:[Tt]his is|[Hh]ier ist|[Ii]['’]m|I am|[Ii]ci)[ ]({_NAME})"
    r"(?=(?: here| speaking| calling| writing| from(?! the)| again)(?!\w))"
)
_AGAIN = re.compile(rf"(?<!\w)[Ii]t(?:['’]s| is)[ ]({_NAME})(?=,? (?:here|again|speaking)(?!\w))")
_BOOKED = (
    r"(?i:book(?:ed|ing)?|reserv(?:ed|ation)|account|order|appointment|table|room|registered|listed|filed"
    r"|ticket|parcel|package)(?: (?i:is|was|are|it|made|booked|registered|listed|held|filed|for))*"
)
_UNDER_NAME = (
    rf"{_BOOKED}(?: (?i:under|in|on|with))(?: (?i:the|my))?(?: (?i:name))(?: (?i:of|is))? "
)
_UNDER = rf"{_BOOKED} (?i:under) "
_NAMED_IN = re.compile(rf"(?<!\w){_UNDER_NAME}({_NAME})(?!\w)")
_KNOWN_IN = re.compile(rf"(?<!\w){_UNDER}({_NAME})(?!\w)")
_GREETED = re.compile(
    r"(?:^|[\n\"”.!?]\s*)(?:Dear|Hi|Hello|Hey|Hallo|Liebe|Lieber|Good (?:morning|afternoon"
    r"|evening)|Guten Tag"
    r"|Cher|Chère|Bonjour|Hola|Querid[oa]|Estimad[oa]|Ciao|Car[oa]|Gentile)[ ]"
    rf"({_NAME})(?=\s*(?:[,!.:;–-]|\n|$))"
)
_SIGN_OFFS = (
    r"(?:(?:[Kk]ind(?:est)?|[Bb]est|[Ww]arm(?:est)?|[Mm]any|[Ww]ith (?:kind|best|warm)) )?"
    r"(?:[Rr]egards|[Ww]ishes|[Tt]hanks|[Tt]hank you|[Cc]heers)|[Ss]incerely(?: yours)?|[Bb]est"
    r"|[Aa]ll the best"
    r"|[Yy]ours (?:sincerely|truly|faithfully)|[Tt]ake care|[Ll]ove"
    r"|(?:[Mm]it )?(?:(?:[Ff]reundlich|[Bb]est|[Ll]ieb|[Vv]iel|[Hh]erzlich"
    r"|[Ss]chön)e[nr]? )?Gr(?:ü|ue)(?:ß|ss)en?"
    r"|MfG|LG|VG|[Cc]ordialement|[Bb]ien à vous|[Ss]aludos(?: cordiales)?|[Aa]tentamente"
    r"|[Cc]ordiali saluti|[Mm]et vriendelijke groet(?:en)?"
)
_SIGNED = re.compile(
    rf"(?:^|[\n.!?,;:>)]\s*|\s)(?:{_SIGN_OFFS})(?:[,.!]?[ ]*(?:\n\s*)+|[,.!–-]\s*)[-–]?\s?({_NAME})"
    r"(?=\s*(?:[,.!|(\"]|\n|$|[-–] ))"
)
_ENDS = re.compile(r"[ ]*[,.!]?[ ]*(?:$|[\n\"])")
"""After a name that signs; "Thank you, Anna. We …" is said to her."""
_FORMAL = (
    r"(?:[Kk]ind(?:est)?|[Bb]est|[Ww]arm(?:est)?|[Mm]any|[Ww]ith (?:kind|best|warm)) (?:[Rr]egards"
    r"|[Ww]ishes)|[Rr]egards|[Ss]incerely(?: yours)?|[Yy]ours (?:sincerely|truly|faithfully)|MfG"
    r"|(?:[Ff]reundlich|[Bb]est|[Ll]ieb)e[nr]? Gr(?:ü|ue)(?:ß|ss)en?|[Cc]ordialement|[Ss]aludos"
)
_RUN_ON = re.compile(
    rf"(?:^|[\n.!?,;:>)\"]\s*|\s)(?:{_FORMAL})(?:[,.!]?[ ]*(?:\n\s*)+|,\s*)({_WORD}{_MORE}{{1,6}})"
    rf"(?=[ ](?:[a-zß-öø-ÿ0-9]|{_CAPITAL}['’ ])|[,:])"
)
"""A name that signs, whose line break was lost: "Regards, Anna Berg Where is my card"."""
_FIELDS = (
    r"(?i:(?:customer|client|guest|passenger|patient|card ?holder|account ?holder|contact|full|first"
    r"|last|family|given|recipient|sender|user['’]?s?)[ _]?name|surname|forename|vorname|nachname"
    r"|kundenname|nombre completo|apellidos?)[\"']?\s?[:=]\s?[\"']?"
)
_FIELD = re.compile(rf"(?<![^\W_]){_FIELDS}({_NAME})(?!\w)")
_PLAIN_FIELDS = r"(?:^|\n|[,;|] ?)(?i:name|von|from|an|to)[\"']?\s?:\s?[\"']?"
_PLAIN_FIELD = re.compile(rf"{_PLAIN_FIELDS}({_NAME})(?!\w)")
_SPEAKING = r"(?i:spoke|spoken|talked|chatted|speaking) (?:to|with) "
_SPOKEN = re.compile(rf"(?<!\w){_SPEAKING}({_NAME})(?!\w)")
_LISTED_NO_NAME = """
All Anyone Anybody Best Booking Care Cheers Client Clients Colleague Colleagues Community
Company Customer Customers Dear Department Desk Either Everybody Everyone Folks Friend Friends
Good Group Guest Guests Guys Hello Help Helpdesk Hi Hiring Home I In Inc It Kind Ladies Lovely
Ltd GmbH LLC Madam Madame Manager Mate Member Members Morning My No Not Office Ok Okay Our
Please President Regards Reservations Sales Security Service Services Shop Sir Sirs Sorry
Speaker Store Subscriber Support Sincerely Team Thank Thanks The There They This To Today
Universe User Valued We Welcome What Who World Yes You Your Yours Kunde Kundin Kunden
Kundenservice Kundendienst Damen Herren Herr Frau Alle Zusammen Leute Ihr Ihre Ihnen Mit Das Die
Der Vielen Danke Bitte Tous Toutes Cliente Equipo Monsieur Mesdames Señor Señora Todos Gracias
Merci Looking Sent Let Have And Or But If When Where Why How Also Just Can Could Would Should
Yeah Sure Great Again Bed Hotel Restaurant House Airport Bank App Account Product Order Number
Assistant Agent Bot Robot Pepper Right Now Mr Mrs Ms Miss Dr Prof Doctor Nurse Teacher Coach
Boss Santa Buddy Honey Mom Mum Dad Alexa Siri Google Tussaud Tussauds Doubtfire America USA
International Evil Strange
"""
_NO_NAME = frozenset(_LISTED_NO_NAME.split())
"""Capitalised words that stand where names do. A candidate ends before one of them."""
_LISTED_SMALL_WORDS = """
not wrong incorrect misspelled misspelt spelled spelt different missing listed changed too the
that this on in and also same right correct unknown unclear blank empty important private long
short there showing written displayed still being already very quite actually only now common
"""
_SMALL_WORDS = frozenset(_LISTED_SMALL_WORDS.split())


def _find(text: str) -> Iterator[Place]:
    for pattern, certainty in ((_TITLED, 0.95), (_SAID, 0.95), (_INTRODUCED, 0.85), (_FIELD, 0.9)):
        for match in pattern.finditer(text):
            yield from _cut(match, certainty)
    for match in _SIGNED.finditer(text):
        yield from _whole(match, 0.9, SIGNED if _ENDS.match(text, match.end()) else "")
    for match in _GREETED.finditer(text):
        yield from _whole(match, 0.85 if _known(match) else 0.55)
    for match in _NAMED_IN.finditer(text):
        yield from _cut(match, 0.9)
    for pattern in (_PLAIN_FIELD, _SPOKEN, _AGAIN, _KNOWN_IN):
        for match in pattern.finditer(text):
            if _known(match):
                yield from _cut(match, 0.8)
    for match in _RUN_ON.finditer(text):
        if _known(match):
            yield from _without_sentence(match)
    for match in _SAID_SMALL.finditer(text):
        if not _SMALL_WORDS.intersection(match.group(1).split()):
            yield Place(*match.span(1), 0.6)


def _known(match: re.Match[str]) -> bool:
    return is_given(re.split(r"[\s-]", match.group(1))[0])


def _cut(match: re.Match[str], certainty: float) -> Iterator[Place]:
    """The name up to the first word that is none: "Anna Schmidt Order" in a form."""
    end = match.end(1)
    for word in re.finditer(r"[^\s]+", match.group(1)):
        if word.group() in _NO_NAME:
            end = match.start(1) + len(match.group(1)[: word.start()].rstrip())
            break
    if end - match.start(1) > 1:
        yield Place(match.start(1), end, certainty)


def _without_sentence(match: re.Match[str]) -> Iterator[Place]:
    """The name without the first word of the sentence that follows it on the same line."""
    words = list(re.finditer(r"\S+", match.group(1)))
    begun = match.string[match.end() + 1 : match.end() + 2]
    whole = len(words) - (0 if begun.isupper() or begun.isdigit() else 1)
    last = next((at for at, word in enumerate(words) if word.group() in _NO_NAME), whole)
    if last > 0:
        yield Place(match.start(1), match.start(1) + words[last - 1].end(), 0.8)


def _whole(match: re.Match[str], certainty: float, title: str = "") -> Iterator[Place]:
    """The name, unless a word of it is none: "Acme Support" signs, but is nobody."""
    if not _NO_NAME.intersection(re.split(r"[\s-]", match.group(1))):
        yield Place(*match.span(1), certainty, title)


RECOGNISER = Recogniser(
    NAME,
    "person's name",
    (
        rf"(?:{_TITLES})[. ]|(?:Dear|Hi|Hello|Hey|Hallo|Lieber?|[Mm]orning|[Aa]fternoon"
        r"|[Ee]vening|Tag|Cher|Chère|Bonjour|Hola|Querid[oa]|Estimad[oa]|Ciao|Car[oa]|Gentile) "
        rf"{_CAPITAL}"
        rf"|{_SAYING}|(?:{_FIELDS}|{_PLAIN_FIELDS}|{_SPEAKING}|{_UNDER_NAME}|{_UNDER}){_CAPITAL}"
        r"|(?:[Tt]his is|[Ii]t(?:['’]s| is)|[Hh]ier ist|[Ii]['’]m|I am|[Ii]ci) \w+(?: \S+){0,3}"
        r" (?:here|speaking|calling|writing|from|again)"
        r"|(?i:regards|wishes|thanks|thank you|cheers|sincerely|best|yours|take care|love|mfg|lg|vg"
        r"|gr(?:ü|ue)(?:ß|ss)en?|cordialement|bien à vous|saludos|atentamente|saluti|groet)(?:en)?"
        rf"[^\w]{{1,12}}{_CAPITAL}|(?i:cordiales|truly|faithfully)[^\w]{{1,12}}{_CAPITAL}",
    ),
    _find,
)
