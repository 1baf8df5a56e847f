"""What is done with each pattern, and which columns hold personal data."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tobit_kernel.server.masking.international import INTERNATIONAL
from tobit_kernel.server.masking.korean import KOREAN
from tobit_kernel.server.masking.pattern import Pattern

#: Keys and certain forms first: what they find is no phone number any more.
PATTERNS: tuple[Pattern, ...] = (
    *(each for each in INTERNATIONAL if each.name in ("private_key", "jwt", "url_password", "api_key", "email")),
    *(each for each in KOREAN if each.name == "rrn"),
    *(each for each in INTERNATIONAL if each.name in ("card", "iban")),
    *(each for each in KOREAN if each.name != "rrn"),
    *(each for each in INTERNATIONAL if each.name in ("international_phone", "ipv4", "ipv6")),
)
NAMES: tuple[str, ...] = tuple(dict.fromkeys(pattern.name for pattern in PATTERNS))


class Mode(StrEnum):
    """What is done with personal data that was found."""

    #: shown in part: 010-****-5678
    MASK = "mask"
    #: a keyed hash, the same for the same value within a tenant, so that it can be joined and counted
    HASH = "hash"
    #: nothing is shown
    DROP = "drop"
    #: it stays
    NONE = "none"


class Kind(StrEnum):
    """What a declared column holds."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    RRN = "rrn"
    CARD = "card"
    ACCOUNT = "account"
    ADDRESS = "address"
    PASSPORT = "passport"
    IP = "ip"
    #: anything else: all of it is hidden
    FREE = "free"


#: Letters of a hash that are shown.
HASH_LETTERS = 24


@dataclass(frozen=True)
class Policy:
    """The modes of a tenant; a pattern without one is masked."""

    modes: Mapping[str, Mode] = field(default_factory=dict)
    #: Of the tenant alone; hashes of one tenant tell nothing to another.
    key: bytes = b""

    def mode(self, name: str) -> Mode:
        """What is done with finds of the pattern ``name``."""
        return self.modes.get(name, Mode.MASK)

    @property
    def active(self) -> tuple[Pattern, ...]:
        """The patterns that are looked for, in order."""
        return tuple(pattern for pattern in PATTERNS if self.mode(pattern.name) is not Mode.NONE)

    def hashed(self, text: str) -> str:
        """The hash that stands for ``text``."""
        return hmac.new(self.key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:HASH_LETTERS]


#: For a tenant without rows.
DEFAULT = Policy()
