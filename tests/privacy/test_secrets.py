"""Keys and tokens of known shape (all of them invented), and what only looks like one."""

from __future__ import annotations

import base64

import pytest

from etude.privacy import matches, secrets

_MIXED = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kM9nP2rS5uV8xY1zA4cD7fG0iL3o"
_HEX = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_HEAD = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")
_BODY = base64.urlsafe_b64encode(b'{"sub":"12345","name":"A"}').decode().rstrip("=")
_BLOCK = "-----BEGIN RSA PRIVATE KEY-----\n" + _MIXED * 3 + "\n-----END RSA PRIVATE KEY-----"

SECRETS = [
    ("AWS access key", "key ⟦AKIA" + "Q3EGRIJ5WXYZABCD⟧ leaked"),
    ("key or token", f'aws_secret_access_key = "⟦{_MIXED[:40]}⟧"'),
    ("Google API key", f"⟦AIza{_MIXED[:35]}⟧"),
    ("GitHub token", f"⟦ghp_{_MIXED[:36]}⟧"),
    ("GitLab token", f"⟦glpat-{_MIXED[:20]}⟧"),
    ("Slack token", "⟦xoxb-" + "123456789012-abcDEFghiJKL⟧"),
    ("Stripe key", f"⟦sk_live_{_MIXED[:24]}⟧"),
    ("OpenAI key", f"my key is ⟦sk-proj-{_MIXED[:40]}⟧."),
    ("OpenAI key", f"⟦sk-{_MIXED[:48]}⟧"),
    ("Anthropic key", f"⟦sk-ant-api03-{_MIXED}⟧"),
    ("Hugging Face token", f"⟦hf_{_MIXED[:34]}⟧"),
    ("npm token", f"⟦npm_{_MIXED[:36]}⟧"),
    ("PyPI token", f"⟦pypi-AgEIcHlwaS5vcmc{_MIXED}⟧"),
    ("SendGrid key", f"⟦SG.{_MIXED[:22]}.{_MIXED[:43]}⟧"),
    ("Twilio key", f"⟦SK{_HEX[:32]}⟧"),
    ("Telegram bot token", f"⟦123456789:AA{_MIXED[:33]}⟧"),
    ("Azure client secret", f"⟦abc8Q~{_MIXED[:34]}⟧"),
    ("JSON web token", f"Bearer ⟦{_HEAD}.{_BODY}.{_MIXED[:43]}⟧"),
    ("private key", f"here:\n⟦{_BLOCK}⟧\nbye"),
    ("address with a password in it", "⟦postgres://bob:hunter22@db.host.com:5432/x⟧."),
    ("address with a password in it", "⟦Server=db1;Database=x;User Id=sa;Password=Tr0ub4dor&3⟧"),
    ("password", "password: ⟦Sommer2024!⟧"),
    ("password", "Mein Passwort ist ⟦Hund4Katze⟧"),
    ("PIN", "my PIN is ⟦4821⟧"),
    ("key or token", f"api_key={'⟦' + _HEX[:32] + '⟧'}"),
    ("key or token", f'{{"client_secret":"⟦{_MIXED[:32]}⟧"}}'),
    ("key or token", f'[{{"said":"\\"client_secret\\": \\"⟦{_MIXED[:32]}⟧\\""}}]'),
    ("key or token", "SECRET_KEY=⟦tVrKPStCLZbtXOfQqFPrWUDgMQsEZxKw⟧"),
]

HARMLESS = [
    "AKIA" + "IOSFODNN7EXAMPLE is in the manual",
    "use sk-your-key-here or sk-xxxxxxxxxxxxxxxxxxxxxxxx",
    "export TOKEN=${MY_TOKEN}, api_key = <your key>, api_key: YOUR_API_KEY_GOES_HERE",
    f"commit {_HEX[:40]} fixed it",
    f"sha256 {_HEX}",
    "id 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    "password: ********",
    "I forgot my password: can you help?",
    "Your password is case-sensitive and must be 8-character long",
    "password is required; password reset link: https://shop.com/reset1",
    "reset your password to continue",
    "the PIN is 4 digits, PIN code 560001, pin: 560001",
    "https://shop.com/a:b@c is a page, user:pass@ is not a URL",
    "postgres://user:password@localhost/db",
    "the token classification-model-for-everyone works",
    "secret ingredient: paprika-and-more-paprika",
    "risk-averse-people-are-asking-about-task-management",
    "token: OrderServiceClientSecretProviderFactory",
    "order SK1234567890",
    "eyJhbGciOi is how one begins",
    "-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----",
]


@pytest.mark.parametrize(("title", "marked"), SECRETS)
def test_a_secret_is_found_whole(title: str, marked: str) -> None:
    text = marked.replace("⟦", "").replace("⟧", "")
    wanted = marked[marked.index("⟦") + 1 : marked.index("⟧")]
    found = [(m.title, text[m.start : m.end]) for m in matches(text, secrets())]
    assert found == [(title, wanted)]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_a_secret_is_left_alone(text: str) -> None:
    assert [(m.title, text[m.start : m.end]) for m in matches(text, secrets())] == []
