"""The registry of the five resources."""

from collections.abc import Iterator
from functools import cached_property

from mockserver.resources.attachments import Attachments
from mockserver.resources.base import Resource
from mockserver.resources.contacts import Contacts
from mockserver.resources.conversations import Conversations
from mockserver.resources.groups import Groups
from mockserver.resources.messages import Messages
from mockserver.schema.schema import Schema
from mockserver.storage.clock import Clock
from mockserver.storage.collection import IndexDefinition
from mockserver.storage.ids import IdGenerator
from mockserver.storage.world import World

EVENTS = ("created", "updated", "deleted")
VERBS = {"list": "GET", "create": "POST", "retrieve": "GET", "update": "PUT", "delete": "DELETE"}


class ResourceRegistry:
    """The five resources, in the order of the documentation."""

    def __init__(self) -> None:
        self.attachments = Attachments()
        self.messages = Messages(self.attachments)
        self.conversations = Conversations(self.messages)
        self.contacts = Contacts(self.conversations)
        self.groups = Groups(self.conversations)

    def __iter__(self) -> Iterator[Resource]:
        return iter(
            (self.contacts, self.conversations, self.groups, self.messages, self.attachments)
        )

    @property
    def operations(self) -> dict[str, str]:
        """The operations, such as ``messages.create``, with their HTTP methods."""
        return {
            f"{resource.path}.{verb}": method for resource in self for verb, method in VERBS.items()
        }

    @cached_property
    def body_schemas(self) -> dict[str, Schema]:
        return {
            f"{resource.path}.{verb}": schema
            for resource in self
            for verb, schema in (
                ("create", resource.create_schema),
                ("update", resource.update_schema),
            )
        }

    @property
    def event_types(self) -> list[str]:
        """The event types (``contract/reference.md``, "Events and webhooks")."""
        return [f"{resource.kind}.{verb}" for resource in self for verb in EVENTS]

    def empty_world(self, user_id: str, clock: Clock, ids: IdGenerator) -> World:
        """Return a world of these resources without any object, not even the user."""
        kinds = {
            resource.kind: IndexDefinition(resource.keys, resource.has_same_keys)
            for resource in self
        }
        return World(kinds, user_id, clock, ids)
