"""Free prose to compact JSON: strings copied, numbers as numbers, null for what is missing,
nested objects and lists of objects."""

from __future__ import annotations

import json

from generator.maker import Maker
from generator.task import Pair, Task

_ASKS = (
    "[Extract|Return|Give|Read] [the [details|facts|data] as |]JSON with [the |][keys|fields] {k}.",
    "[Turn|Convert] the [text|message|note] into [compact |]JSON. [Keys|Fields]: {k}.",
    "[Pull|Take|Get] {k} [from|out of] the text[,| and] [answer|reply] [in|with] JSON.",
    "[Which|What] {k} does the text [give|name|mention]? [Reply|Answer] with [one |]JSON[ object|].",
    "[Read the message and fill|Fill in] this JSON: {s}",
    "JSON only[, compact|, in one line|], like {s}",
)
_MISSING = (
    "[Use|Write|Put] null for [what|anything that] is [missing|not given|not there].",
    "[Missing|Absent|Unknown] [values|things|fields] are null.",
    "If [something|a value] is [not given|missing], [write|put|use] null.",
)
_MENTION = (
    "[the|its|our|their] {k} [is|was|will be|should be|=] {v}",
    "{v} [is|was] the {k}",
    "{k}: {v}",
    "with {v} as [the |]{k}",
    "[has|having] {k} {v}",
    "[please note|note|by the way] {v} [for|as] the {k}",
    "{v} ({k})",
    "as for the {k}, [we have|I have|it is] {v}",
)
_FILLERS = (
    "[Hello|Hi|Dear {p}|Good morning|Hey|Greetings],",
    "[Thank you|Thanks|Regards|Best wishes|Cheers], {p}",
    "[I hope|We trust] [this|the note] helps.",
    "[The|A|That] {a} {n} {v} the {n2}.",
    "[By the way|Also|Anyway|Well], {p} {v} the {n}.",
)
Value = str | int | float | bool | None


class _Leaf:
    """One key with a kind of value, and how it reads in prose."""

    def __init__(self, maker: Maker, key: str, optional: bool) -> None:
        self.maker, self.key, self.optional = maker, key, optional
        self.kind = maker.pick(("text", "text", "text", "integer", "decimal", "flag"))
        # Bare numbers are always JSON numbers, so that no type has to be guessed.
        self.source = maker.pick([k for k in maker.kinds if k not in ("integer", "decimal")])

    def draw(self) -> tuple[Value, str]:
        """A value and how the text gives it ("" when it is left out)."""
        maker = self.maker
        if self.optional and maker.chance(0.35):
            return None, ""
        if self.kind == "integer":
            number = int(maker.integer())
            return number, self._mention(str(number))
        if self.kind == "decimal":
            decimal = round(maker.r.uniform(0, 10 ** maker.r.randint(1, 3)), maker.pick((1, 2)))
            return decimal, self._mention(repr(decimal))
        if self.kind == "flag":
            yes = maker.chance(0.5)
            words = "[yes|needed|on]" if yes else "[no|not needed|off]"
            return yes, self._mention(maker.say(words))
        text = maker.kinds[self.source]().strip('"')
        return text, self._mention(text)

    def _mention(self, value: str) -> str:
        return mentioned(self.maker, self.key, value)

    def shown(self) -> Value:
        return {"integer": 0, "decimal": 0.0, "flag": True}.get(self.kind, "...")


def mentioned(maker: Maker, key: str, value: str) -> str:
    """A piece of prose that gives `value`; a capital only where the value does not come first."""
    said = maker.say(maker.pick(_MENTION)).replace("{k}", key.replace("_", " "))
    if maker.chance(0.5) and not said.startswith("{v}"):
        said = said[0].upper() + said[1:]
    return said.replace("{v}", value)


def compact(value: object) -> str:
    """JSON in one line without spaces, letters as they are."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def make(maker: Maker) -> Task:
    """Flat keys mostly; now and then a nested object or a list of objects."""
    if maker.chance(0.3):
        return _rows(maker)
    keys = maker.some(lambda: maker.field().replace(" ", "_"), 2, 6)
    optional = maker.chance(0.5)
    leaves = [_Leaf(maker, key, optional) for key in keys]
    group = maker.field() if len(keys) > 3 and maker.chance(0.25) else ""
    nested = leaves[-2:] if group and group not in keys else []
    flat = [leaf for leaf in leaves if leaf not in nested]
    shape: dict[str, object] = {leaf.key: leaf.shown() for leaf in flat}
    if nested:
        shape[group] = {leaf.key: leaf.shown() for leaf in nested}
    instruction = _instruction(maker, keys, compact(shape), bool(nested))
    if optional:
        instruction += " " + maker.say(maker.pick(_MISSING))

    def example() -> Pair:
        found: dict[str, object] = {}
        inner: dict[str, object] = {}
        said = []
        for leaf in leaves:
            value, mention = leaf.draw()
            (inner if leaf in nested else found)[leaf.key] = value
            said.append(mention)
        if nested:
            found[group] = inner
        return _prose(maker, [one for one in said if one]), compact(found)

    return Task(instruction, example)


def _instruction(maker: Maker, keys: list[str], shape: str, must_show: bool) -> str:
    ask = maker.pick([ask for ask in _ASKS if "{s}" in ask] if must_show else _ASKS)
    listed = ", ".join(keys[:-1]) + maker.pick((" and ", ", ")) + keys[-1]
    return maker.say(ask).replace("{k}", listed).replace("{s}", shape)


def _prose(maker: Maker, mentions: list[str]) -> str:
    """The mentions in random order among fillers, joined into sentences."""
    maker.r.shuffle(mentions)
    lines: list[str] = []
    while mentions:
        taken = mentions[: maker.r.randint(1, 2)]
        del mentions[: len(taken)]
        line = maker.pick((", ", " and ", ", and ", "; ")).join(taken)
        lines.append(line + maker.pick((".", ".", ".", "", "!")))
        if maker.chance(0.3):
            lines.append(_filler(maker))
    if not lines or maker.chance(0.3):
        lines.insert(0, _filler(maker))
    return maker.pick((" ", " ", "\n")).join(lines)


def _filler(maker: Maker) -> str:
    if maker.chance(0.3):
        return maker.sentence()
    return maker.say(
        maker.pick(_FILLERS),
        p=maker.person(),
        a=maker.adjective(),
        n=maker.noun(),
        n2=maker.noun(),
        v=maker.verb()[2],
    )


def _rows(maker: Maker) -> Task:
    """A list of objects: how many of which thing, at what size."""
    outer, thing, count = maker.some(lambda: maker.field().replace(" ", "_"), 3, 3)
    third = maker.chance(0.4)
    extra = maker.field().replace(" ", "_") + "s"
    with_code = maker.chance(0.4)
    code_key = "x" + maker.field().replace(" ", "_")
    shape: dict[str, object] = {
        outer: [{thing: "...", count: 0} | ({extra: "..."} if third else {})]
    }
    if with_code:
        shape[code_key] = "..."
    ask = maker.say("[List|Collect|Return|Give] [all|every] {o} as JSON:", o=outer)
    instruction = f"{ask} {compact(shape)}"

    def example() -> Pair:
        rows, said = [], []
        for _ in range(maker.r.randint(1, 4)):
            name = maker.pick((maker.noun, maker.word, maker.name))()
            if maker.chance(0.5):
                name = f"{maker.adjective()} {name}"
            number = maker.r.randint(1, maker.pick((9, 30, 500)))
            row: dict[str, object] = {thing: name, count: number}
            mention = maker.say(
                maker.pick(("{c} x {n}", "{c} {n}", "{n} ({c})", "{n}, {c} [of them|pieces]")),
                c=number,
                n=name,
            )
            if third:
                row[extra] = maker.adjective()
                mention += maker.say("[ in| -| as]") + f" {row[extra]}"
            rows.append(row)
            said.append(mention)
        gap = maker.pick(("; ", "\n", ", and ", " plus "))
        lead = maker.say("[We have|I count|There are|Please note|List]: ")
        text = lead + gap.join(said) + "."
        found: dict[str, object] = {outer: rows}
        if with_code:
            found[code_key] = maker.code()
            text += maker.say(
                " [The|Our] {k} is {v}.", k=code_key.replace("_", " "), v=found[code_key]
            )
        if maker.chance(0.4):
            text = f"{_filler(maker)} {text}"
        return text, compact(found)

    return Task(instruction, example)
