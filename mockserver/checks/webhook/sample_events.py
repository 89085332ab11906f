"""A conversation of the default fixtures that goes on: whence realistic events come."""

from __future__ import annotations

from mockserver.resources.base import ALL
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.schema import Draft
from mockserver.seeding.load import Loader
from mockserver.storage.world import Event


class Talk:
    """A contact writes to the user. The same ``seed`` gives the same ids."""

    def __init__(self, seed: str) -> None:
        catalogue = ResourceRegistry()
        self._messages = catalogue.messages
        self._world = Loader(catalogue).open("default", seed=seed)
        conversations = self._world["conversation"].find(ALL)
        self._conversation = next(each for each in conversations if each["contact_id"])

    def said(self, text: str) -> Event:
        """The event of a new message."""
        world, conversation = self._world, self._conversation
        world.begin()
        values = {"conversation_id": conversation["id"], "message": text}
        self._messages.send(world, conversation["contact_id"], values)
        return self._told()

    def edited(self, said: Event, text: str) -> Event:
        """The event of another text for a message that was said."""
        self._world.begin()
        self._messages.update(self._world, said.payload["id"], Draft({"message": text}))
        return self._told()

    def _told(self) -> Event:
        [event] = self._world.commit().events
        self._world.release()
        return event
