"""A webhook: who wants to be told of which events, and by which secret it knows that we are it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from hashlib import blake2b
from typing import Any

from mockserver.schema.fields import Flag, Text, Url
from mockserver.schema.schema import Attributes
from mockserver.schema.string_list import Texts

ALL = "*"
SHOWN = 4
"""How many characters of a secret are shown, but for the one time that it is shown in full."""

TELLING = 12
"""How long a secret must be for that: of a shorter one they would give too much away."""

CREATE = Attributes(
    {
        "name": Text(),
        "url": Url(required=True),
        "events": Texts(),
        "secret": Text(),
        "enabled": Flag(),
    }
)
UPDATE = Attributes({**CREATE.fields, "url": Url()})


@dataclass(frozen=True)
class Webhook:
    """One that is registered. ``events`` are types, or patterns of them such as ``message.*``."""

    id: str
    url: str
    name: str
    secret: str
    events: tuple[str, ...] = (ALL,)
    enabled: bool = True

    def listens(self, event_type: str) -> bool:
        """Whether it wants to be told of events of this type."""
        return self.enabled and any(fnmatchcase(event_type, each) for each in self.events)

    def changed(self, values: Mapping[str, Any]) -> Webhook:
        """The webhook with other values."""
        if "events" in values:
            values = {**values, "events": tuple(values["events"])}
        return replace(self, **values)

    def to_dict(self, *, in_full: bool = False) -> dict[str, Any]:
        hidden = "…" + (self.secret[-SHOWN:] if len(self.secret) >= TELLING else "")
        return {
            "id": self.id,
            "name": self.name,
            "url": self.url,
            "events": list(self.events),
            "secret": self.secret if in_full else hidden,
            "enabled": self.enabled,
        }


def made_secret(seed: str, webhook_id: str) -> str:
    """The secret of one that brings none: the same for the same seed."""
    digest = blake2b(f"{seed}/secret/{webhook_id}".encode(), digest_size=24)
    return f"whsec_{digest.hexdigest()}"
