"""Signs of text that was meant for a machine or for somebody who should have edited it: their
patterns, and the places in one text. It knows no rows and no shares."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from etude.audit._textual import Place, around

MARKUP_SIEVE = (
    r"(?i)</?(?:p|br|div|span|b|i|u|a|em|strong|ul|ol|li|table|thead|tbody|tr|td|th|h[1-6]"
    r"|img|font|"
    r"hr|style|script|head|body|html|meta|link|blockquote|sup|sub|center)(?:\s[^<>]*)?/?>|<!--.*?-->"
)
_MARKUP = re.compile(MARKUP_SIEVE)
_ABOUT_MARKUP = re.compile(r"```|`<|\b(?:html|css|xml|markup|javascript|tags?)\b", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style)\b[^<>]*>.*?</\1>", re.IGNORECASE | re.DOTALL)
_NEW_LINE = re.compile(r"<br\s*/?>|</(?:p|div|tr|h[1-6]|ul|ol|table|blockquote)>", re.IGNORECASE)
_ITEM = re.compile(r"<li(?:\s[^<>]*)?>", re.IGNORECASE)
_ANY = re.compile(MARKUP_SIEVE + r"|</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)

TOKENS_SIEVE = (
    r"<\|[a-zA-Z_0-9 ]+\|>|<｜|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|</?s>|<(?:bos|eos"
    r"|pad|unk)>|"
    r"\[(?:CLS|SEP|PAD|MASK)\]|###\s*(?:Response|Instruction|Input|Human|Assistant|User"
    r"|System)\s*:|"
    r"(?:^|\n|[.!?]\s)\s*(?:Human|Assistant|USER|ASSISTANT|SYSTEM|AI|Bot|GPT|ChatGPT)\s*:\s|<\|"
)
_TOKENS = re.compile(
    r"<\|[a-zA-Z_0-9 ]{2,30}\|>|<｜[^｜<>]{2,40}｜>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>"
    r"|</s>|\A\s*<s>|<(?:bos|eos|pad|unk)>|\[(?:CLS|SEP|PAD|MASK)\]"
    r"|###\s*(?:Response|Instruction|Human|Assistant|User|System)\s*:"
)
_SPEAKER = re.compile(
    r"\A\s*(?:Assistant|ASSISTANT|AI|Bot|GPT|ChatGPT)\s*:\s|\n\s*(?:Human|USER)\s*:\s"
    r"|(?:\A|[.!?]\s)\s*Human:(?:\s|\Z)"
)

THINKING_SIEVE = (
    r"(?i)</?(?:think|thinking|reasoning|scratchpad|thought|reflection)>|<\|?channel\|?>"
)
_THINKING = re.compile(
    r"<(think|thinking|reasoning|scratchpad|thought|reflection)>.*?(?:</\1>|\Z)\s*"
    r"|\A.*?</(?:think|thinking|reasoning|scratchpad|thought|reflection)>\s*",
    re.IGNORECASE | re.DOTALL,
)

_THINKING_MARK = re.compile(THINKING_SIEVE.replace("(?i)", ""), re.IGNORECASE)

AI_SIEVE = (
    r"(?i)\bas an? (?:ai|artificial|(?:large )?language model|virtual assistant|assistant)|"
    r"language model|knowledge cut-?off|training data|trained by|real-time|openai|chatgpt"
    r"|anthropic|"
    r"last (?:knowledge )?update|personal (?:opinions|experiences|feelings)"
)
_AI = re.compile(
    r"\bas an? (?:ai\b|artificial intelligence|(?:large )?language model)[^.,;\n]{0,40}"
    r"|\bi(?:'m|’m| am) (?:just |only |merely )?an? (?:ai|artificial intelligence|(?:large "
    r")?language"
    r" model|chatbot)\b[^.,;\n]{0,40}"
    r"|\bmy (?:(?:last )?knowledge (?:cut-?off|update)|training data|training cut-?off)\b"
    r"|\b(?:up to|as of|until) my (?:last|latest|most recent) (?:knowledge |training "
    r")?(?:update|cut-?off|training)\b"
    r"|\bi (?:do not|don['’]t|cannot|can['’]t) (?:have|browse|access) (?:access to "
    r")?(?:real-time|the internet|"
    r"personal (?:opinions|experiences|feelings|beliefs))[^.,;\n]{0,30}"
    r"|\bi (?:was|am|have been) (?:trained|developed|created|made) by (?:openai|anthropic"
    r"|google|meta|alibaba|"
    r"deepseek|mistral)\b",
    re.IGNORECASE,
)

OPENER_SIEVE = (
    r"(?i)^\W*(?:sure|certainly|of course|absolutely|great|okay|ok|no problem|here(?:'s|’s| "
    r"is| are)|below is|"
    r"the following is|i(?:'ve|’ve| have) (?:re|written|created|drafted)|happy to help|got it)\b"
)
_MADE = (
    r"(?:text|version|rewrite|rewrit\w+|revis\w+|summar\w+|translat\w+|answer|response|reply"
    r"|email|e-mail|"
    r"message|draft|post|description|paragraph|sentence|example|output|json|result|list"
    r"|table|caption|"
    r"article|tweet|story|poem|recommendation|review|letter)"
)
_OPENER = re.compile(
    r"\A[\W_]*(?:(?:sure(?: thing)?|certainly|of course|absolutely|great(?: question)?|okay"
    r"|ok|no problem|"
    r"happy to help|i(?:'d|’d| would) be happy to(?: help)?|got it)[!.,:—-]*\s+)?"
    rf"(?:here(?:'s|’s| is| are)|below is|the following "
    rf"is)\s+(?:[^\n:.]{{0,60}}?\b)?{_MADE}\b[^\n:.]{{0,80}}:"
    r"\s*"
    rf"|\A[\W_]*i(?:'ve|’ve| have) (?:rewritten|revised|drafted|created|written|translated"
    rf"|summari[sz]ed)\b"
    r"[^\n:.]{0,80}[:.]\s*"
    r"|\A[\W_]*(?:sure(?: thing)?|certainly|absolutely|of course)[!,.]\s+(?:i can help "
    r"(?:you )?with that"
    r"|i(?:'d|’d| would) be happy to help)[!,.:]*\s*",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"(?<=[.!?\n])\s*(?:(?:sure(?: thing)?|certainly|of course|absolutely)[!,.]"
    r" here(?:'s|’s| is| are)\b"
    rf"[^\n:.]{{0,60}}?\b{_MADE}\b[^\n:.]{{0,60}}:"
    r"|here(?:'s|’s| is| are) (?:the|your|a|an) (?:re-?written|revised|improved|edited|translated"
    rf"|shortened|shorter|polished|corrected|summari[sz]ed) {_MADE}\b[^\n:.]{{0,60}}:"
    rf"|here(?:'s|’s| is) (?:the|your|a) {_MADE} in (?:\w+ ){{1,3}}"
    r"(?:words?|sentences?|lines?|paragraphs?):)",
    re.IGNORECASE,
)
"""Said after something else, as a model that begins anew does; "Here is the list:" is everybody's."""
CLOSER_SIEVE = (
    r"(?i)let me know if|feel free to|i hope this|hope this helps|would you like me to|word count|"
    r"\bnote:|please note that i|in this version|\(\s*\d+ words\s*\)"
    r"|[!,.] here(?:'s|’s| is| are)\b|here.{1,60}:"
)
_CLOSER = re.compile(
    r"(?:let me know if you(?:'d|’d| would)? (?:like|want|need)(?: me)? (?:to )?(?:any "
    r"(?:further )?"
    r"(?:changes|adjustments|edits|revisions|modifications)|adjust|revise|change|modify"
    r"|tweak|make (?:any|it))"
    r"|feel free to (?:adjust|modify|customi[sz]e|edit|tweak) (?:it|this|the)"
    r"|would you like me to (?:adjust|revise|change|modify|rewrite|expand|shorten)"
    r"|i hope this (?:version|rewrite|revision|draft|email|message) (?:helps|works|meets|is)"
    r"|i hope (?:this|the) (?:answer|response|reply|text|summary|translation)"
    r" (?:meets|satisfies|fulfil+s|fits|matches) (?:your|the|all)"
    r"|note: (?:i|this) (?:have |has |was )?(?:been )?(?:rewritten|re-?written|kept|removed"
    r"|added|changed|assumed|tried|made)"
    r"|\(?word count: \d+\)?)[^\n.!?]*[.!?]*",
    re.IGNORECASE,
)

REFUSAL_SIEVE = (
    r"(?i)\b(?:i|we)(?:\s+am|'m|’m)?\b.{0,40}(?:can(?:not|'t|’t| not)|unable|not able|won'?t"
    r"|decline|refuse|"
    r"not comfortable)"
)
_REFUSAL = re.compile(
    r"\bi(?:(?:'m|’m| am) (?:sorry|afraid|unable|not able)|\s+(?:apologi[sz]e))?[,.]?\s*(?:but\s+)?"
    r"(?:that\s+)?(?:i\s+)?(?:(?:must|have to)\s+)?"
    r"(?:can(?:not|'t|’t|\s+not)|(?:am|'m|’m)?\s*(?:unable|not able) to|to|won['’]t|will not"
    r"|decline to|refuse to|(?:do not|don['’]t) feel comfortable)\s+(?:be able to\s+)?"
    r"(?:(?:assist|help|comply|engage|participate)(?:ing)?\s+(?:you\s+)?(?:with|in)\s+"
    r"(?:that|this|your request|such|these|creating|generating|writing)\b"
    r"|(?:fulfil+|complete|continue with)\s+(?:that|this|your|the) (?:request|task|conversation)\b"
    r"|(?:generat|creat|provid|produc|writ)\w+\s+(?:that|this|such|explicit|harmful|inappropriate"
    r"|offensive|content|responses?)\b)[^.!?\n]{0,40}",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"\b(?:against|violates?|goes against) (?:my|our|openai'?s?) (?:\w+ )?(?:guidelines"
    r"|programming|principles|"
    r"content polic(?:y|ies)|usage polic(?:y|ies)|ethical \w+)",
    re.IGNORECASE,
)
_OPENING = 250


def markup(text: str) -> Iterator[Place]:
    """HTML tags, once a text: the whole of it without them is proposed."""
    match = _MARKUP.search(text)
    if match is None or _ABOUT_MARKUP.search(text):
        return
    yield Place(None, None, around(text, *match.span()), plain_of(text), 0.95)


def plain_of(text: str) -> str:
    """The text that HTML shows."""
    text = _NEW_LINE.sub("\n", _UNSEEN.sub("", text))
    text = html.unescape(_ANY.sub("", _ITEM.sub("\n- ", text))).replace("\u00a0", " ")
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def chat_tokens(text: str) -> Iterator[Place]:
    """Marks by which chat templates part messages."""
    for pattern in (_TOKENS, _SPEAKER):
        for match in pattern.finditer(text):
            yield Place(*match.span(), match.group().strip(), "", 0.97)


def asked_tokens(text: str) -> Iterator[Place]:
    """The same in an input, where a mark of a model's thoughts has no place either."""
    yield from chat_tokens(text)
    for match in _THINKING_MARK.finditer(text):
        yield Place(*match.span(), match.group(), "", 0.9)


def thinking(text: str) -> Iterator[Place]:
    """A model's thoughts before its answer."""
    for match in _THINKING.finditer(text):
        yield Place(*match.span(), around(text, match.start(), match.start() + 60), "", 0.97)


def ai_speech(text: str) -> Iterator[Place]:
    """What a model says about itself."""
    for match in _AI.finditer(text):
        yield Place(*match.span(), match.group(), None, 0.95)


def refusals(text: str) -> Iterator[Place]:
    """A refusal to work at all, at the beginning; that something is not possible is none."""
    match = _REFUSAL.search(text, 0, _OPENING) or _AGAINST.search(text)
    if match:
        yield Place(*match.span(), " ".join(match.group().split()), None, 0.9)


def chatter(text: str) -> Iterator[Place]:
    """What a model says around the text that was asked for."""
    for pattern in (_OPENER, _AGAIN, _CLOSER):
        match = pattern.search(text)
        if match and match.end() - match.start() < len(text):
            yield Place(*match.span(), " ".join(match.group().split()), "", 0.9)
