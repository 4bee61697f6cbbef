"""Keys and tokens of known shape: the prefixes and lengths that their makers document.

The shapes are those of the makers' own pages on secret scanning; a shape that nobody documents is
``key_named``'s, which wants a word beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.made_up import made_up
from etude.privacy.sorts import KEY

_SHAPES = {
    "AWS access key": r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}",
    "Google API key": r"AIza[\w-]{35}",
    "Google OAuth secret": r"GOCSPX-[\w-]{28}",
    "Google OAuth token": r"ya29\.[\w-]{20,}",
    "Azure client secret": r"[\w~.]{3}[0-9]Q~[\w~.-]{31,34}",
    "GitHub token": r"gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255}",
    "GitLab token": r"gl(?:pat|ptt|dt|rt|ft|soat|cbt|oas)-[\w-]{20,}",
    "Slack token": r"xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{10,}",
    "Slack webhook": r"https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9+/]{40,}",
    "Stripe key": r"[rs]k_(?:live|test|prod)_[A-Za-z0-9]{10,99}|whsec_[A-Za-z0-9+/]{32,}",
    "Anthropic key": r"sk-ant-[a-z]+\d\d-[\w-]{20,}",
    "OpenAI key": r"sk-(?:proj|svcacct|admin|None)-[\w-]{20,}"
    r"|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}"
    r"|sk-[A-Za-z0-9]{48}",
    "OpenRouter key": r"sk-or-v1-[0-9a-f]{64}",
    "Hugging Face token": r"hf_[A-Za-z0-9]{34,}|api_org_[A-Za-z0-9]{34}",
    "Groq key": r"gsk_[A-Za-z0-9]{48,}",
    "Replicate token": r"r8_[A-Za-z0-9]{37}",
    "Perplexity key": r"pplx-[A-Za-z0-9]{40,}",
    "npm token": r"npm_[A-Za-z0-9]{36}",
    "PyPI token": r"pypi-[\w-]{50,}",
    "Docker token": r"dckr_pat_[\w-]{27}",
    "SendGrid key": r"SG\.[\w-]{16,32}\.[\w-]{16,64}",
    "Twilio key": r"SK[0-9a-f]{32}",
    "Mailgun key": r"key-[0-9a-f]{32}",
    "Mailchimp key": r"[0-9a-f]{32}-us\d{1,2}",
    "Telegram bot token": r"\d{8,10}:AA[\w-]{33}",
    "Discord token": r"[MNO][A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,38}",
    "DigitalOcean token": r"do[opr]_v1_[0-9a-f]{64}",
    "Shopify token": r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}",
    "Square token": r"sq0(?:atp|csp)-[\w-]{22,43}",
    "Databricks token": r"dapi[0-9a-f]{32}",
    "Grafana token": r"gl(?:sa|c)_[A-Za-z0-9_+/=]{32,}",
    "Postman key": r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}",
    "New Relic key": r"NRAK-[A-Z0-9]{27}",
    "Notion token": r"ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43}",
    "Linear key": r"lin_api_[A-Za-z0-9]{40}",
    "Vault token": r"hv[sb]\.[\w-]{24,}",
    "Terraform token": r"[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}",
    "age key": r"AGE-SECRET-KEY-1[0-9A-Z]{58}",
}
_COMPILED = [
    (title, re.compile(rf"(?<![\w])(?:{shape})(?![\w])")) for title, shape in _SHAPES.items()
]
_SIEVE = (
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}|AIza|GOCSPX-|ya29\.|[0-9]Q~|gh[pousr]_|github_pat_"
    r"|gl[a-z]{2,4}-"
    r"|xox[a-z]-|xapp-|hooks\.slack|[rs]k_(?:live|test|prod)_|whsec_|sk-[A-Za-z0-9_-]{20}|hf_"
    r"|api_org_|gsk_|r8_"
    r"|pplx-|npm_|pypi-|dckr_pat_|SG\.|SK[0-9a-f]{32}|key-[0-9a-f]{32}|[0-9a-f]{32}-us"
    r"|:AA[A-Za-z0-9_-]{33}"
    r"|[MNO][A-Za-z0-9]{23,25}\.|do[opr]_v1|shp[a-z]{2}_|sq0|dapi[0-9a-f]{32}|gl(?:sa|c)_|PMAK-"
    r"|NRAK-|ntn_"
    r"|secret_[A-Za-z0-9]{43}|lin_api_|hv[sb]\.|atlasv1|AGE-SECRET"
)


def _find(text: str) -> Iterator[Place]:
    for title, pattern in _COMPILED:
        for match in pattern.finditer(text):
            if not made_up(match.group()):
                yield Place(*match.span(), 1.0, title)


RECOGNISER = Recogniser(KEY, "key or token", (_SIEVE,), _find)
