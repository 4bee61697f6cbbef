"""Random pieces to build tasks from: words, names, numbers, phrases, wordings.

Everything is drawn from one `random.Random`, so the same seed gives the same piece. Knows nothing
of tasks.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from generator.lexicon import ADJECTIVES, NOUNS, VERBS, Lexicon

T = TypeVar("T")

_ONSETS = (
    "b c d f g h j k l m n p r s t v w y z br ch cl cr dr fl fr gl gr kr pl pr qu sh sk sl sn "
    "sp st str th tr tw wh"
).split()
_VOWELS = "a a e e i i o o u ai ea ee ei ie oa oo ou y".split()
_CODAS = ["", "", "", "n", "r", "s", "t", "l", "m", "d", "k", "ck", "ng", "nd", "st", "x"]
_TITLES = ["Dr", "Mr", "Mrs", "Ms", "Prof.", "Captain", "Aunt", "Uncle", "Sir"]
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_CURRENCIES = ["$", "£", "€", "USD ", "EUR ", "CHF ", "kr "]
_UNITS = "kg g km m cm mm litres ml hours minutes days pages pieces boxes % points degrees".split()
_ACCENTS = {"a": "áàäâå", "e": "éèëê", "i": "íï", "o": "óöôø", "u": "úüû", "n": "ñ", "c": "çč"}
_CUT_OFF = re.compile(r"\b(Mr|Mrs|Dr|St|Rev|Messrs|Hon|No|[A-Z])\.$")  # not a sentence's end
_CHOICE = re.compile(r"\[([^\[\]]*)\]")


class Maker:
    """Draws random pieces; one per sample."""

    def __init__(self, rng: random.Random, lexicon: Lexicon) -> None:
        self.r = rng
        self.lexicon = lexicon
        self.kinds: dict[str, Callable[[], str]] = {
            "title": lambda: self.phrase(1, 4).title(),
            "phrase": lambda: self.phrase(2, 6),
            "person": self.person,
            "place": self.place,
            "word": self.word,
            "integer": self.integer,
            "decimal": self.decimal,
            "price": self.price,
            "date": self.date,
            "time": self.time,
            "code": self.code,
            "amount": self.amount,
            "address": self.address,
            "colour": self.adjective,
            "quoted": lambda: f'"{self.phrase(1, 4)}"',
            "thing": lambda: f"{self.adjective()} {self.noun()}",
        }

    # -- choices and wordings ------------------------------------------------------------------

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.r.random() < probability

    def pick(self, options: Sequence[T]) -> T:
        """One of `options`, evenly."""
        return options[int(self.r.random() * len(options))]

    def some(self, make: Callable[[], str], low: int, high: int) -> list[str]:
        """Between `low` and `high` different results of `make` (ignoring case)."""
        wanted = self.r.randint(low, high)
        found: dict[str, str] = {}
        for _ in range(wanted * 6):
            if len(found) == wanted:
                break
            piece = make()
            found.setdefault(piece.lower(), piece)
        return list(found.values())

    def say(self, wording: str, **slots: object) -> str:
        """Expand `[a|b|c]` choices (they nest), then put `slots` in place of `{name}`."""
        while True:
            expanded = _CHOICE.sub(lambda m: self.pick(m.group(1).split("|")), wording)
            if expanded == wording:
                break
            wording = expanded
        for name, value in slots.items():
            wording = wording.replace("{" + name + "}", str(value))
        return wording

    # -- words ---------------------------------------------------------------------------------

    def pseudo(self) -> str:
        """A made-up word of one to three syllables."""
        syllables = self.pick((1, 2, 2, 2, 3))
        word = "".join(
            self.pick(_ONSETS) + self.pick(_VOWELS) + self.pick(_CODAS) for _ in range(syllables)
        )
        return word if len(word) > 2 else word + self.pick(_ONSETS) + self.pick(_VOWELS)

    def word(self) -> str:
        """A real word mostly (common or any), sometimes a made-up one; lower case."""
        roll = self.r.random()
        if roll < 0.2:
            return self.pseudo()
        words = self.lexicon.words
        if roll < 0.5:  # squared: commoner words more often
            return words[int(self.r.random() ** 2 * len(words))]
        return self.pick(words)

    def noun(self) -> str:
        """A common thing."""
        return self.pick(NOUNS)

    def adjective(self) -> str:
        """A common adjective."""
        return self.pick(ADJECTIVES)

    def verb(self) -> tuple[str, ...]:
        """Base, third person, past and -ing form of one verb."""
        return self.pick(VERBS)

    def phrase(self, low: int, high: int) -> str:
        """A run of random words; in one of ten a word comes twice, where copying goes astray."""
        words = [self.word() for _ in range(self.r.randint(low, high))]
        if len(words) > 1 and self.chance(0.1):
            words[self.r.randrange(1, len(words))] = words[0]
        return " ".join(words)

    def field(self) -> str:
        """A field name: a word or two, lower case, joined at random."""
        first = self.pick((self.word, self.noun, self.noun, self.adjective))()
        if self.chance(0.3):
            return first + self.pick(("_", "_", " ", "-")) + self.pick((self.word, self.noun))()
        return first

    def absent(self) -> str | None:
        """How a missing value is shown, for a whole task: left out (None), empty, or a word."""
        return self.pick((None, None, None, "", "", "none", "-", "n/a"))

    # -- names ---------------------------------------------------------------------------------

    def name(self) -> str:
        """One capitalised name: real where the corpus gives some, made up mostly."""
        if self.lexicon.names and self.chance(0.4):
            return self.pick(self.lexicon.names)
        name = self.pseudo().capitalize()
        if self.chance(0.06):
            where = self.r.randrange(1, len(name))
            letters = _ACCENTS.get(name[where])
            if letters:
                name = name[:where] + self.pick(letters) + name[where + 1 :]
        return name

    def person(self) -> str:
        """A person's name in one of several shapes."""
        roll = self.r.random()
        if roll < 0.25:
            return self.name()
        if roll < 0.65:
            return f"{self.name()} {self.name()}"
        if roll < 0.75:
            return f"{self.name()} {self.pick('ABCDEFGHJKLMNPRSTW')}. {self.name()}"
        if roll < 0.83:
            return f"{self.name()} {self.name()}-{self.name()}"
        if roll < 0.87:
            return f"{self.name()} O'{self.name()}"
        return f"{self.pick(_TITLES)} {self.name()}"

    def place(self) -> str:
        """A made-up place."""
        shape = self.pick(("{n}", "{n} {s}", "{s} {n}", "the {w} {s}", "{n}'s {s}", "{n} & {n2}"))
        word = self.pick((self.noun, self.word))().capitalize()
        slots = {"n": self.name(), "n2": self.name(), "s": word, "w": self.adjective().capitalize()}
        return self.say(shape, **slots)

    # -- numbers and codes ---------------------------------------------------------------------

    def integer(self) -> str:
        """A whole number of one to six digits."""
        return str(self.r.randrange(10 ** self.pick((1, 1, 2, 2, 2, 3, 3, 4, 5, 6))))

    def decimal(self) -> str:
        """A number with one or two decimals."""
        places = self.pick((1, 2, 2))
        return f"{self.r.uniform(0, 10 ** self.pick((1, 2, 3))):.{places}f}"

    def price(self) -> str:
        """An amount of money."""
        amount = self.r.uniform(0, 10 ** self.pick((1, 2, 3, 4)))
        shape = self.pick(("{:.2f}", "{:.2f}", "{:.0f}", "{:,.2f}"))
        return self.pick(_CURRENCIES) + shape.format(amount)

    def amount(self) -> str:
        """A number with a unit."""
        return f"{self.integer()} {self.pick(_UNITS)}"

    def date(self) -> str:
        """A date in one of many forms."""
        day, month = self.r.randint(1, 28), self.r.randint(1, 12)
        year = self.r.randint(1900, 2040)
        name = _MONTHS[month - 1]
        return self.pick(
            (
                f"{year}-{month:02d}-{day:02d}",
                f"{day} {name} {year}",
                f"{name} {day}, {year}",
                f"{day}/{month}/{year}",
                f"{day:02d}.{month:02d}.{year}",
                f"{day} {name[:3]}",
                f"{self.pick(_DAYS)} {day} {name}",
                self.pick(_DAYS),
            )
        )

    def time(self) -> str:
        """A time of day."""
        hour, minute = self.r.randrange(24), self.r.randrange(60)
        return self.pick(
            (f"{hour:02d}:{minute:02d}", f"{hour % 12 + 1}:{minute:02d} {self.pick(('am', 'pm'))}")
        )

    def code(self) -> str:
        """A reference such as KX-4071, #20931, b7f02e or a web or mail address."""
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        head = "".join(self.pick(letters) for _ in range(self.r.randint(1, 4)))
        digits = "".join(self.pick("0123456789") for _ in range(self.r.randint(2, 7)))
        mixed = "".join(self.pick("0123456789abcdef") for _ in range(self.r.randint(4, 10)))
        domain = f"{self.pseudo()}.{self.pick(('com', 'org', 'net', 'io', 'eu'))}"
        return self.pick(
            (
                f"{head}-{digits}",
                f"{head}{digits}",
                f"#{digits}",
                f"{digits}{self.pick('-/_')}{head}",
                mixed,
                mixed.upper(),
                f"{head}-{digits[:2]}-{mixed}",
                f"+{digits} {digits[::-1]}",
                f"{self.pseudo()}@{domain}",
                f"www.{domain}/{self.word()}",
            )
        )

    def address(self) -> str:
        """A street and a number."""
        street = f"{self.name()} {self.pick(('Street', 'Road', 'Lane', 'Square', 'Way'))}"
        return f"{self.r.randint(1, 400)} {street}, {self.name()}"

    def value(self) -> str:
        """Any kind of value that must be copied letter for letter."""
        return self.pick(tuple(self.kinds.values()))()

    # -- sentences -----------------------------------------------------------------------------

    def clause(self) -> str:
        """A small made-up clause without a capital or a full stop."""
        return self.say(
            self.pick(
                (
                    "{p} {v} [the|a|every|one|that] {a}{n}{where}",
                    "the {a}{n} [was|seemed|looked|felt|became|is] {a2}",
                    "{p} [and|or] {p2} {v} [the|some|two] {a}{n}s{where}",
                    "the {n} of {p} {v2} [the|a] {n2}",
                    "[there is|there was] [no|a|one] {n} [near|behind|under|beside] the {a}{n2}",
                    "{p} [can|will|could|must|may] {v0} the {a}{n}{where}",
                )
            ),
            p=self.name(),
            p2=self.name(),
            v=self.verb()[2],
            v2=self.verb()[1],
            v0=self.verb()[0],
            a=self.adjective() + " " if self.chance(0.5) else "",
            a2=self.adjective(),
            n=self.noun(),
            n2=self.noun(),
            where=f" {self.pick(('in', 'near', 'at', 'from'))} {self.name()}"
            if self.chance(0.3)
            else "",
        )

    def sentence(self) -> str:
        """A real sentence from the corpus where there is one, else a made-up one."""
        if self.lexicon.sentences and self.chance(0.7):
            found = self.pick(self.lexicon.sentences)
            if not _CUT_OFF.search(found):
                return found
        clause = self.clause()
        return clause[0].upper() + clause[1:] + self.pick((".", ".", ".", ".", "!", "?"))

    def passage(self, low: int, high: int) -> list[str]:
        """Different sentences."""
        return self.some(self.sentence, low, high)
