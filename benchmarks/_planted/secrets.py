"""Keys, tokens and passwords left in, of the shapes that their issuers publish, in the places where
they end up: a pasted command, a line of a log, a settings file. All are drawn at random.

Decoys: hashes, numbers of builds, public keys, names of variables, masked keys, talk of passwords.
"""

# ruff: noqa: E501 (tables are read an entry a line)
from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable

from _planted._base import Bed, Clean, Sort
from _planted._carriers import prose_field, put_in

Made = tuple[str, str, str]
ALNUM = string.ascii_letters + string.digits
URL64 = ALNUM + "-_"
HEX = "0123456789abcdef"
UPPER32 = string.ascii_uppercase + "234567"
CARRIERS = (
    "Here is my key: {}", "export API_KEY={}", "Authorization: Bearer {}", "{}", "I used {} and got 401.",
    'curl -H "X-Api-Key: {}" https://api.acme.dev/v1/orders', "token = '{}'", "(the old one was {})",
)  # fmt: skip


def some(draw: random.Random, count: int, letters: str = ALNUM) -> str:
    """Letters drawn at random."""
    return "".join(draw.choice(letters) for _ in range(count))


def jwt(draw: random.Random) -> str:
    """A JSON web token: a real header, a payload, a signature of nothing."""
    head = json.dumps({"alg": "HS256", "typ": "JWT"}, separators=(",", ":"))
    body = json.dumps({"sub": some(draw, 10, string.digits), "iat": draw.randint(16, 17) * 10**8})
    parts = [base64.urlsafe_b64encode(t.encode()).decode().rstrip("=") for t in (head, body)]
    return ".".join([*parts, some(draw, 43, URL64)])


def private_key(draw: random.Random) -> str:
    """A key in PEM: the frame and lines of base64."""
    kind = draw.choice(["RSA ", "EC ", "OPENSSH ", ""])
    lines = [some(draw, 64, ALNUM + "+/") for _ in range(draw.randint(3, 12))]
    return "\n".join(
        [f"-----BEGIN {kind}PRIVATE KEY-----", *lines, f"-----END {kind}PRIVATE KEY-----"]
    )


TOKENS: dict[str, Callable[[random.Random], str]] = {
    "aws_id": lambda d: "AKIA" + some(d, 16, UPPER32),
    "github": lambda d: d.choice(["ghp_", "gho_", "ghs_"]) + some(d, 36),
    "github_fine": lambda d: "github_pat_" + some(d, 22) + "_" + some(d, 59),
    "gitlab": lambda d: "glpat-" + some(d, 20, URL64),
    "slack": lambda d: (
        f"xoxb-{some(d, 12, string.digits)}-{some(d, 12, string.digits)}-{some(d, 24)}"
    ),
    "stripe": lambda d: d.choice(["sk", "rk"]) + "_live_" + some(d, 24),
    "openai": lambda d: "sk-proj-" + some(d, 48, URL64),
    "openai_old": lambda d: "sk-" + some(d, 20) + "T3BlbkFJ" + some(d, 20),
    "anthropic": lambda d: "sk-ant-api03-" + some(d, 93, URL64) + "AA",
    "google": lambda d: "AIza" + some(d, 35, URL64),
    "sendgrid": lambda d: f"SG.{some(d, 22, URL64)}.{some(d, 43, URL64)}",
    "npm": lambda d: "npm_" + some(d, 36),
    "pypi": lambda d: "pypi-AgEIcHlwaS5vcmc" + some(d, 70, URL64),
    "huggingface": lambda d: "hf_" + some(d, 34, string.ascii_letters),
    "telegram": lambda d: f"{some(d, 9, '123456789')}:AA{some(d, 33, URL64)}",
    "jwt": jwt,
}
WORDS = ("tiger", "Sommer", "hunter", "qwerty", "Liverpool", "sunshine", "letmein", "dragon")


def _token(draw: random.Random, kind: str) -> Made:
    return kind, draw.choice(CARRIERS), TOKENS[kind](draw)


def _others(draw: random.Random) -> list[Made]:
    """What is a secret by where it stands."""
    word = draw.choice(WORDS) + some(draw, 3, string.digits) + draw.choice("!$#")
    link = f"postgres://app:{some(draw, 14)}@db.acme.dev:5432/orders"
    basic = f"https://{draw.choice(['deploy', 'anna'])}:{some(draw, 16)}@git.acme.dev/shop.git"
    store = base64.b64encode(bytes(draw.randrange(256) for _ in range(64))).decode()
    return [
        ("private_key", "{}", private_key(draw)),
        ("password", draw.choice(["password: {}", "my password is {}", "pwd={}", "PW: {}"]), word),
        ("url_with_password", draw.choice(["DATABASE_URL={}", "connect to {} please"]), link),
        ("url_with_password", "git clone {}", basic),
        ("aws_secret", "aws_secret_access_key = {}", some(draw, 40, ALNUM + "/+")),
        ("azure", "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={}", store),
        ("generic", draw.choice(["api_key={}", '"client_secret": "{}"', "SECRET_KEY='{}'"]), some(draw, 32)),
    ]  # fmt: skip


def _decoys(draw: random.Random) -> list[Made]:
    uuid = "-".join(some(draw, n, HEX) for n in (8, 4, 4, 4, 12))
    return [
        ("git_hash", "It broke with commit {}.", some(draw, 40, HEX)),
        ("md5", "The file's checksum is {}.", some(draw, 32, HEX)),
        ("sha256", "sha256:{}", some(draw, 64, HEX)),
        ("uuid", "Request {} failed.", uuid),
        ("masked", "My key starts with {}.", "ghp_" + "x" * 36),
        ("masked", "It was {} in the log.", "sk-****************************" + some(draw, 4)),
        ("placeholder", "Set api_key={} first.", draw.choice(["YOUR_API_KEY", "<your-key>", "${KEY}"])),
        ("variable", "It reads {} there.", draw.choice(["os.environ['API_KEY']", "process.env.TOKEN"])),
        ("public_key", "{}", f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{some(draw, 43, ALNUM)} anna"),
        ("certificate", "{}", f"-----BEGIN PUBLIC KEY-----\n{some(draw, 64)}\n-----END PUBLIC KEY-----"),
        ("talk", "{}", draw.choice(["My password: is it stored safely?", "I forgot my password again."])),
        ("talk", "{}", draw.choice(["The secret ingredient is love.", "The token for the locker is lost."])),
        ("image", "<img src='data:image/png;base64,{}'>", "iVBORw0KGgo" + some(draw, 60)),
        ("link", "See {}", f"https://youtu.be/{some(draw, 11, URL64)}?si={some(draw, 16, URL64)}"),
        ("shelf", "Shelf {} please.", f"AK-{some(draw, 4, string.digits)}-{some(draw, 3, string.ascii_uppercase)}"),
        ("long_word", "It says {}.", "Donaudampfschifffahrtsgesellschaftskapitaensmuetze"),
    ]  # fmt: skip


def _plant(bed: Bed, rate: float) -> None:
    count, kinds = bed.count(rate), sorted(TOKENS)
    others = len(_others(random.Random(0)))
    for at, row in enumerate(bed.take(count)):
        which = at % (len(kinds) + others)
        made = (
            _token(bed.random, kinds[which])
            if which < len(kinds)
            else _others(bed.random)[which - len(kinds)]
        )
        bed.fault(made[0], row, **put_in(bed, row, prose_field(bed), made[1], made[2]))
    for at, row in enumerate(bed.take(count)):
        choices = _decoys(bed.random)
        name, carrier, text = choices[at % len(choices)]
        bed.decoy(name, row, **put_in(bed, row, prose_field(bed), carrier, text))


def _fits(clean: Clean) -> bool:
    return not clean.record or clean.prose_targets


SORT = Sort("keys, tokens and passwords", _fits, _plant)
