"""Words whose change changes what is meant, and words whose change does not: short lists, English
first, with the negations of other languages."""

from __future__ import annotations


def listed(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


FILLERS = listed("a an the please pls plz kindly sir madam um uh bitte")
"""Articles and little words that no label hangs on."""

COURTESY = listed(
    "hi hello hey dear team thanks thank thx cheers you there well ok okay just so hallo danke merci "
    "bonjour hola gracias ciao grazie"
)
"""Greetings and thanks: harmless in a copy, but they may be what a label is about."""

SOFTENERS = listed(
    "yet really actually still now already currently very quite simply again also too any some my "
    "i am is are do does have has been would could can me for it this that so then "
    "immer noch sehr jetzt encore très muy todavía"
)
"""Words that add little. They are harmless in a copy, but may be what two labels differ by."""

NEGATIONS = listed(
    "not no never none nor neither nobody nothing nowhere without unable cannot hardly "
    "nicht kein keine keinen keinem keiner nie niemals ohne nichts "
    "ne pas jamais sans rien aucun aucune non "
    "nunca sin nada jamás não nem sem mai senza "
    "niet geen nooit zonder nie bez nije inte aldrig utan ikke aldri uten "
    "не нет ни без никогда нельзя 不 没 沒 无 無 未 非 别 勿 否 "
    "ない nai değil yok hayır tidak bukan tanpa"
)

VALUES = listed(
    "zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred thousand million billion half quarter double triple once twice all both partly partially "
    "first second third fourth fifth sixth seventh eighth ninth tenth last next previous "
    "monday tuesday wednesday thursday friday saturday sunday "
    "january february march april june july august september october november december "
    "today tomorrow yesterday tonight morning afternoon evening night daily weekly monthly yearly "
    "red green blue yellow black white orange purple pink brown grey gray "
    "euro euros eur dollar dollars usd pound pounds gbp yen chf north south east west "
    "eins zwei drei vier fünf sechs sieben acht neun zehn montag dienstag mittwoch donnerstag "
    "freitag samstag sonntag januar februar märz mai juni juli oktober dezember heute morgen gestern "
    "un deux trois quatre cinq six sept huit neuf dix uno dos tres cuatro cinco"
)
"""Numbers, quantities, times, colours and directions in words."""

_COUNTED = "zero one two three four five six seven eight nine ten eleven twelve"
NUMBERS = {word: str(number) for number, word in enumerate(_COUNTED.split())}
"""Numbers in words to their digits."""
DIGITS = {digits: word for word, digits in NUMBERS.items()}

_OPPOSITES = (
    "on/off in/out up/down open/close opened/closed open/closed buy/sell bought/sold send/receive "
    "sent/received sending/receiving good/bad best/worst better/worse more/less most/least "
    "before/after increase/decrease increased/decreased raise/lower high/low higher/lower "
    "hot/cold big/small large/small long/short early/late earlier/later fast/slow new/old "
    "start/stop started/stopped begin/end add/remove added/removed enable/disable "
    "enabled/disabled activate/deactivate lock/unlock locked/unlocked block/unblock "
    "freeze/unfreeze accept/reject accepted/rejected accept/decline accepted/declined "
    "approve/deny approved/denied allow/forbid win/lose won/lost find/lose found/lost love/hate "
    "like/dislike liked/disliked happy/unhappy happy/sad possible/impossible "
    "correct/incorrect right/wrong right/left valid/invalid legal/illegal true/false "
    "always/never all/none everything/nothing everyone/nobody yes/no import/export "
    "deposit/withdraw deposit/withdrawal credit/debit debit/credit upload/download "
    "subscribe/unsubscribe install/uninstall login/logout push/pull arrive/leave arrival/departure "
    "husband/wife father/mother brother/sister son/daughter he/she his/her him/her man/woman "
    "from/to with/without over/under above/below inside/outside max/min maximum/minimum "
    "increase/reduce increasing/decreasing personal/business virtual/physical local/international "
    "domestic/international lost/stolen breakfast/dinner breakfast/lunch lunch/dinner day/night "
    "cash/cheque cash/card hotel/flight bus/train taxi/bus male/female cat/dog "
    "terrible/great awful/great boring/exciting positive/negative gain/loss profit/loss "
    "interesting/boring strong/weak easy/hard easy/difficult cheap/expensive rich/poor "
    "full/empty same/different public/private internal/external"
)
OPPOSITES: dict[str, frozenset[str]] = {}
"""A word to those that say the contrary, or another of its kind."""
for _pair in _OPPOSITES.split():
    _one, _other = _pair.split("/")
    OPPOSITES[_one] = OPPOSITES.get(_one, frozenset()) | {_other}
    OPPOSITES[_other] = OPPOSITES.get(_other, frozenset()) | {_one}

_LOOK_ALIKES = (
    "form/from trial/trail quiet/quite casual/causal loose/lose angle/angel dairy/diary "
    "desert/dessert united/untied sacred/scared than/then lost/last sent/send through/though "
    "through/thorough hear/here where/were want/went"
)
LOOK_ALIKES = frozenset(frozenset(pair.split("/")) for pair in _LOOK_ALIKES.split())
"""Real words a slip of the pen apart."""

CONTRACTIONS = {
    "cant": "can not",
    "cannot": "can not",
    "wont": "will not",
    "dont": "do not",
    "doesnt": "does not",
    "didnt": "did not",
    "isnt": "is not",
    "arent": "are not",
    "wasnt": "was not",
    "werent": "were not",
    "hasnt": "has not",
    "havent": "have not",
    "hadnt": "had not",
    "couldnt": "could not",
    "wouldnt": "would not",
    "shouldnt": "should not",
    "aint": "is not",
    "im": "i am",
    "ive": "i have",
    "ill": "i will",
    "id": "i would",
    "youre": "you are",
    "youve": "you have",
    "theyre": "they are",
    "thats": "that is",
    "theres": "there is",
    "whats": "what is",
    "wheres": "where is",
    "hows": "how is",
    "whos": "who is",
    "lets": "let us",
    "its": "it is",
    "u": "you",
    "ur": "your",
    "r": "are",
}
"""Without their apostrophes, as bare forms have them."""
