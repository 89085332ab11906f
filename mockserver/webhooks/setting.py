"""Webhooks that are there from the start, as a command line gives them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from mockserver.errors import InvalidRequest, without_secret
from mockserver.webhooks.registry import checked
from mockserver.webhooks.webhook import CREATE


def start(text: str, hosts: Collection[str], types: Collection[str]) -> dict[str, Any]:
    """What ``URL;events=message.*,contact.created;secret=S;name=N`` means.

    Raises ``ValueError`` where it means nothing, or leads where no delivery may go.
    """
    url, *options = text.split(";")
    values: dict[str, Any] = {"url": url}
    for option in options:
        name, _, value = option.partition("=")
        values[name] = value.split(",") if name == "events" else value
    try:
        return checked(CREATE.load(values).settle(), hosts, types)
    except InvalidRequest as error:
        raise ValueError(f"webhook {without_secret(text)!r}: {error.message}") from None
