"""What a mail program puts around a text: "Sent from my iPhone", the lines over a quoted message,
marks of quoting, a footer about confidentiality. It knows how they look in one text, and no rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.audit._textual import Place

_DEVICE = (
    r"(?:iPhone|iPad|iPod|Mac|Samsung|Galaxy|Android|BlackBerry|Huawei|HTC|Pixel|Nokia|Windows Phone"
    r"|mobile(?: phone| device)?|smartphone|phone|tablet|Handy|Smartphone|téléphone|móvil|celular)"
)
_PROGRAM = (
    r"(?:Yahoo|Outlook|Gmail|Mail for Windows|Proton ?Mail|AOL|Samsung|Windows Mail|GMX|WEB\.DE)"
)
_SENT = (
    rf"\bSent from my (?:\w+ )?{_DEVICE}\b"
    rf"|\bSent (?:from|via|using|with) (?:the )?{_PROGRAM}\b[^\n.]{{0,30}}"
    rf"|\bGet Outlook for (?:iOS|Android|Mac)\b"
    rf"|\b[Vv]on meinem (?:\w+[ -])?{_DEVICE} (?:aus )?gesendet\b"
    rf"|\bGesendet (?:von meinem|mit der?) \w[^\n.]{{1,30}}|\bEnvoyé (?:de|depuis|à partir de) mon \w+"
    rf"|\bEnviado (?:desde mi|do meu) \w+|\bInviato (?:da|dal mio) \w+|\bVerzonden vanaf mijn \w+"
    rf"|\bSkickat från min \w+|\bWysłane z \w+"
)
_WROTE = (
    r"\bOn [A-Z0-9][^\n]{4,60}\d[^\n]{0,60}\bwrote:"
    r"|\bAm [^\n]{4,60}\d[^\n]{0,40}\bschrieb\b[^\n]{0,60}:"
    r"|\bLe [^\n]{4,60}\d[^\n]{0,60}\ba écrit ?:|\bEl [^\n]{4,60}\d[^\n]{0,60}\bescribió:"
    r"|\bIl (?:giorno )?[^\n]{4,60}\d[^\n]{0,60}\bha scritto:"
    r"|\bOp [^\n]{4,60}\d[^\n]{0,40}\bschreef\b[^\n]{0,60}:"
)
_ORIGINAL = (
    r"-{2,} ?(?:Original Message|Original-Nachricht|Ursprüngliche Nachricht|Forwarded message"
    r"|Weitergeleitete Nachricht|Message d['’]origine|Mensaje original|Messaggio originale"
    r"|Oorspronkelijk bericht) ?-{2,}|\bBegin forwarded message:"
    r"|(?m:^From: .+\n(?:Sent|Date|To|Cc|Subject): )"
)
_QUOTED = r"(?:^|(?<=\s))> ?> (?=\S)|(?m:^>> (?=\S))"
_FOOTER = (
    r"\bThis (?:e-?mail|message)(?: \(?(?:and|including) any (?:attachments?|files?)[^.\n]{0,40}\)?)?"
    r" (?:is|are|may (?:be|contain)|contains?)\b[^.,\n]{0,60}\b(?:confidential|privileged)\b[^.\n]*"
    r"|\b[Ii]f you (?:are not the intended recipient|have received this (?:e-?mail|message) in error)\b"
    r"|\bDiese E-Mail\b[^.\n]{0,80}\bvertraulich\w*"
    r"|\b[Pp]lease consider the environment before printing\b"
)
_TAIL = re.compile(rf"{_SENT}|{_WROTE}|{_ORIGINAL}|{_QUOTED}|{_FOOTER}")
MAIL_SIEVE = (
    r"Sent (?:from|via|using|with) |Get Outlook for|gesendet|Gesendet|Envoyé d|Enviado d|Inviato da"
    r"|Verzonden van|Skickat från|Wysłane z|wrote:|schrieb|a écrit|escribió:|ha scritto:|schreef"
    r"|-- ?(?:Original|Ursprüngliche|Forwarded|Weitergeleitete|Message d"
    r"|Mensaje|Messaggio|Oorspronkelijk)"
    r"|Begin forwarded message:|(?m:^From: )|> ?> "
    r"|(?:e-?mail|message)\b.{0,120}(?:confidential|privileged)"
    r"|intended recipient|received this (?:e-?mail|message) in error|vertraulich|before printing"
)


def mail_tail(text: str) -> Iterator[Place]:
    """Traces of a mail program; where and with what it ends is for a person to say."""
    for match in _TAIL.finditer(text):
        yield Place(*match.span(), " ".join(match.group().split()), None, 0.9)
