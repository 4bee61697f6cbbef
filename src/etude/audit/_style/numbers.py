"""How numbers, prices, shares and units are written."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from etude.audit._style._trait import Style, Trait, choice

_COSTS = "the model learns to write numbers in several ways"
_SIGN = r"[$£€¥₹]"
_CODE = r"(?:EUR|USD|GBP|CHF|JPY|INR|AUD|CAD)"
_UNIT = r"(?:kg|g|mg|km|m|cm|mm|ml|l|cl|lb|lbs|oz|kWh|kW|GB|MB|TB|Hz|kHz|°C|°F)"
_THOUSANDS = {
    "comma": Style(r"\b\d{1,3}(?:,\d{3})+\b", "write thousands as 1,000"),
    "dot": Style(r"\b\d{1,3}(?:\.\d{3}){2,}\b|[€] ?\d{1,3}\.\d{3}\b", "write thousands as 1.000"),
    "space": Style(r"\b\d{1,3}[\u00a0\u202f ]\d{3}\b", "write thousands as 1 000"),
    "none": Style(rf"{_SIGN} ?\d{{4,}}\b|\b[1-9]\d{{4,8}} \p{{L}}", "write thousands as 1000"),
}
_MONEY = {
    "sign_first": Style(rf"{_SIGN}\d", "write prices as €5"),
    "sign_first_spaced": Style(rf"{_SIGN} \d", "write prices as € 5"),
    "sign_last": Style(rf"\d{_SIGN}", "write prices as 5€"),
    "sign_last_spaced": Style(rf"\d[\u00a0 ]{_SIGN}(?:\D|$)", "write prices as 5 €"),
    "code_first": Style(rf"\b{_CODE} ?\d", "write prices as EUR 5"),
    "code_last": Style(rf"\d ?{_CODE}\b", "write prices as 5 EUR"),
    "word": Style(r"\d (?:euros?|dollars?|pounds?|quid|bucks)\b", "write prices as 5 euros"),
}
_CURRENCY = {
    "dollar": Style(r"\$ ?\d|\d ?\$", "give prices in $"),
    "pound": Style(r"£ ?\d|\d ?£", "give prices in £"),
    "euro": Style(r"€ ?\d|\d ?€", "give prices in €"),
    "yen": Style(r"¥ ?\d|\d ?¥", "give prices in ¥"),
    "rupee": Style(r"₹ ?\d|\d ?₹", "give prices in ₹"),
}
_CENTS = {
    "with": Style(rf"{_SIGN} ?\d[\d,.]*[.,]\d\d(?:\D|$)", "give prices with cents"),
    "without": Style(rf"{_SIGN} ?\d[\d,]*(?:[^\d.,]|[.,]\D|[.,]?$)", "give prices without cents"),
}
_PERCENT = {
    "tight": Style(r"\d%", "write 5%"),
    "spaced": Style(r"\d %", "write 5 %"),
    "word": Style(r"(?i)\d per ?cent\b", "write 5 percent"),
}
_UNITS = {
    "tight": Style(rf"\b\d+(?:\.\d+)?{_UNIT}\b", "write units as 5kg"),
    "spaced": Style(rf"\b\d+(?:\.\d+)? {_UNIT}\b", "write units as 5 kg"),
}


def traits(texts: pl.Series) -> Iterator[Trait]:
    """Each is judged in texts that have such a number; copies from the input are no choice."""
    yield choice("thousands", _THOUSANDS, " with a number of thousands", _COSTS, copied=True)
    yield choice("price_format", _MONEY, " that give a price", _COSTS, copied=True)
    yield choice("currency", _CURRENCY, " that give a price", _COSTS, copied=True)
    yield choice(
        "cents", _CENTS, " that give a price", _COSTS, copied=True, least=0.8, severity="note"
    )
    yield choice(
        "percent",
        _PERCENT,
        " that give a share",
        _COSTS,
        copied=True,
        propose=_percent,
        severity="note",
        repair="write shares as the others do",
    )
    yield choice("units", _UNITS, " that give a unit", _COSTS, copied=True, severity="note")


PROPERTY = traits


def _percent(place: str, rule: str) -> str:
    return place[0] + {"tight": "%", "spaced": " %", "word": " percent"}[rule]
