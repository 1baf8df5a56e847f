"""Patterns of personal data and secrets that look alike everywhere."""

from __future__ import annotations

from tobit_kernel.server.masking.checks import card, iban, ipv6
from tobit_kernel.server.masking.pattern import APART, NO_DECIMALS, Pattern

_KEYS = (
    r"(?:AKIA|ASIA)[0-9A-Z]{16}",
    r"AIza[0-9A-Za-z_\-]{35}",
    r"gh[pousr]_[0-9A-Za-z]{30,}",
    r"github_pat_[0-9A-Za-z_]{30,}",
    r"glpat-[0-9A-Za-z_\-]{20,}",
    r"sk-(?:proj-|ant-|or-|svcacct-)[0-9A-Za-z_\-]{20,}",
    r"sk-[0-9A-Za-z]{20,}",
    r"[sr]k_live_[0-9A-Za-z]{20,}",
    r"xox[abeoprs]-[0-9A-Za-z\-]{10,}",
    r"hf_[0-9A-Za-z]{30,}",
    r"npm_[0-9A-Za-z]{30,}",
    r"pypi-[0-9A-Za-z_\-]{30,}",
)
_LOCAL = r"([^\s@<>()\[\]{}\"',;:=/\\|*])[^\s@<>()\[\]{}\"',;:=/\\|*]"
_DOMAIN = r"@([0-9A-Za-z][0-9A-Za-z\-]*(?:\.[0-9A-Za-z][0-9A-Za-z\-]*)*\.[A-Za-z]{2,})"
_CARD = APART + r"([0-9]{4})([- ]?)(?:[0-9]{4}([- ]?)[0-9]{4}[- ]?|[0-9]{6}[- ]?[0-9]?)([0-9]{4})\b"
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_LONG_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9][0-9])"

INTERNATIONAL = (
    Pattern(
        "email",
        "e-mail address",
        "international",
        _LOCAL + "*" + _DOMAIN,
        r"\1**@\2",
        ("alice@email.com", "a**@email.com"),
        needs=("@",),
        plain=_LOCAL + "{0,64}" + _DOMAIN,
    ),
    Pattern(
        "card",
        "payment card number (Luhn)",
        "international",
        _CARD,
        r"\1\2\3****\3****\3\5",
        ("4539-1488-0343-6467", "4539-****-****-6467"),
        holds=card,
        plain=_CARD + NO_DECIMALS,
        needs=("%card",),
    ),
    Pattern(
        "international_phone",
        "phone number with a country's prefix",
        "international",
        r"(^|[^0-9A-Za-z_.\-+])(\+(?:[1-79][0-9]{0,2}|8[013-9][0-9]?))"
        r"[- .]\(?[0-9]{1,4}\)?[- .]?[0-9]{3,4}[- .][0-9]{2,4}([0-9]{2})\b",
        r"\1\2 *** *** **\3",
        ("+1 415-555-2671", "+1 *** *** **71"),
        needs=("%prefix",),
    ),
    Pattern(
        "ipv4",
        "IPv4 address; four single digits are a version",
        "international",
        APART
        + rf"(?:({_LONG_OCTET}\.{_OCTET}|{_OCTET}\.{_LONG_OCTET})\.{_OCTET}\.{_OCTET}"
        + rf"|([0-9]\.[0-9])\.(?:{_LONG_OCTET}\.{_OCTET}|{_OCTET}\.{_LONG_OCTET}))"
        + r"($|[^0-9A-Za-z_.]|\.(?:$|[^0-9A-Za-z]))",
        r"\1\2\3.***.***\4",
        ("192.168.10.24", "192.168.***.***"),
        rounds=2,
        needs=("%dotted",),
    ),
    Pattern(
        "ipv6",
        "IPv6 address",
        "international",
        r"(^|[^0-9A-Za-z_.:])([0-9A-Fa-f]{1,4}:(?:[0-9A-Fa-f]{1,4}:|:))[0-9A-Fa-f:]{0,34}[0-9A-Fa-f]\b",
        r"\1\2****",
        ("2001:db8:85a3::8a2e:370:7334", "2001:db8:****"),
        holds=ipv6,
        needs=("%colons",),
    ),
    Pattern(
        "iban",
        "IBAN",
        "international",
        APART + r"([A-Z]{2}[0-9]{2})(?:[0-9A-Z]{11,30}|(?: [0-9A-Z]{4}){2,7}(?: [0-9]{1,3})?)\b",
        r"\1\2****",
        ("DE89370400440532013000", "DE89****"),
        holds=iban,
        needs=("%iban",),
    ),
    Pattern(
        "api_key",
        "key of a service (AWS, GitHub, GitLab, Slack, Google, …)",
        "international",
        r"(^|[^0-9A-Za-z_])(?:" + "|".join(_KEYS) + ")",
        r"\1****",
        ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "****"),
        needs=("%key",),
    ),
    Pattern(
        "jwt",
        "JSON web token",
        "international",
        r"\beyJ[0-9A-Za-z_\-]{8,}\.[0-9A-Za-z_\-]{8,}(?:\.[0-9A-Za-z_\-]*)?",
        "eyJ****",
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "eyJ****"),
        needs=("eyJ",),
    ),
    Pattern(
        "private_key",
        "private key (PEM), with what follows it",
        "international",
        r"-----BEGIN ([A-Z ]{0,20})PRIVATE KEY-----[0-9A-Za-z+/=\s:,\-]*",
        r"-----BEGIN \1PRIVATE KEY-----****",
        (
            "-----BEGIN PRIVATE KEY-----\nMIIEvQ==\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----****",
        ),
        needs=("PRIVATE KEY",),
    ),
    Pattern(
        "url_password",
        "password in an address",
        "international",
        r"(://[^\s:/@]{0,64}:)[^\s@/]{1,200}@",
        r"\1****@",
        ("redis://user:pa55word@host/0", "redis://user:****@host/0"),
        needs=("://",),
    ),
)
