"""Who acts on the other side: found by id or by username, and where they belong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import islice

from mockserver.resources.base import ALL
from mockserver.resources.conversations import owner_of
from mockserver.schema.fields import show
from mockserver.storage.collection import Record
from mockserver.storage.world import World

#: How many usernames are looked through for a near miss, and how many names a message tells.
SOME, FEW = 1000, 10


def find(world: World, name: str) -> Record:
    """The contact whose id ``name`` is, or whose username; raises ``LookupError`` where nobody
    is called so, or more than one."""
    found = _called(world, name)
    if len(found) > 1:
        ids = _told(contact["id"] for contact in found)
        raise LookupError(
            f"{len(found)} contacts are called {show(name)}; give the id of one: {ids}"
        )
    if not found:
        some = (contact["username"] for contact in islice(world["contact"].find(ALL), SOME))
        near = get_close_matches(name, some, 1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise LookupError(f"there is no contact of the id or username {show(name)}{hint}")
    return found[0]


def check_place(world: World, attribute: str, actor: Record, conversation: Record) -> Iterator[str]:
    """What keeps ``actor`` from doing anything in ``conversation``: that others are in it."""
    kind, owner = owner_of(world, conversation)
    members = [owner["id"]] if kind == "contact" else owner["contacts"]
    if actor["id"] not in members:
        contacts = world["contact"]
        told = _told(f"'{contacts[each]['username']}'" for each in members)
        of = f" of the group {show(owner['name'])}" if kind == "group" else ""
        yield (
            f"{attribute}: '{actor['username']}' is not in the conversation "
            f"'{conversation['id']}'{of}, but {told or 'nobody'}"
        )


def _called(world: World, name: str) -> list[Record]:
    contacts = world["contact"]
    one = contacts.get(name)
    return [one] if one else [each for each in contacts.find(ALL) if each["username"] == name]


def _told(names: Iterable[str]) -> str:
    """The first few of the names, and how many more there are."""
    every = list(names)
    more = f" and {len(every) - FEW} more" if len(every) > FEW else ""
    return ", ".join(every[:FEW]) + more
