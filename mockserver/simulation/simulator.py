"""Actions of other contacts, and of the user in another client.

Through the API, the user can act only as themselves. An action here changes the same objects and
emits the same events as in the real API, and sets the acting contact's ``last_active_at``. An
action that changes nothing does neither.
"""

from mockserver.resources.base import Resource, index_key, touch_last_active, unique
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.fields import Upload
from mockserver.schema.schema import ValidatedInput
from mockserver.simulation import schemas
from mockserver.simulation.schemas import find_contact
from mockserver.storage.collection import Record
from mockserver.storage.world import World


class Simulator:
    """The simulated actions; each takes a world and the input validated by one of ``schemas``.

    Each returns objects as the API shows them, and raises ``InvalidRequest`` with every problem
    before it changes anything.
    """

    def __init__(self, resources: ResourceRegistry) -> None:
        self.resources = resources

    # messages

    def message(self, world: World, body: ValidatedInput) -> Record:
        """Send a message as a contact, to the user or in a conversation.

        Without ``conversation_id``, the message goes to the conversation with the contact, which
        is created if necessary.
        """
        content, messages = _content(body.values), self.resources.messages
        problems = [*schemas.check(world, body.values), *messages.check(world, content, None)]
        values = body.raise_for_errors(problems)
        contact = find_contact(world, values["from"])
        conversation_id = values.get("conversation_id") or contact["conversation_id"]
        if conversation_id is None:
            direct = ValidatedInput({"contact_id": contact["id"]})
            conversation_id = self.resources.conversations.create(world, direct)["id"]
        content = {**self._store_uploads(world, content), "conversation_id": conversation_id}
        return messages.send(world, contact["id"], content)

    def edit(self, world: World, body: ValidatedInput) -> Record:
        """Change a message as the contact that sent it."""
        content, messages = _content(body.values), self.resources.messages
        problems = [
            *schemas.check_change(world, body.values),
            *messages.check(world, content, schemas.find_message(world, body.values)),
        ]
        old = world["message"][body.raise_for_errors(problems)["message_id"]]
        content = self._store_uploads(world, content)
        return self._update(world, messages, old, old["contact"], content)

    def delete(self, world: World, body: ValidatedInput) -> Record:
        """Delete a message as the contact that sent it."""
        values = body.raise_for_errors(schemas.check_change(world, body.values))
        old = world["message"][values["message_id"]]
        self.resources.messages.delete(world, old["id"])
        touch_last_active(world, "contact", old["contact"])
        return {"deleted": old["id"]}

    def react(self, world: World, body: ValidatedInput) -> Record:
        """Add a contact's reaction to a message."""
        return self._set_reaction(world, body, present=True)

    def unreact(self, world: World, body: ValidatedInput) -> Record:
        """Remove a contact's reaction from a message."""
        return self._set_reaction(world, body, present=False)

    def read(self, world: World, body: ValidatedInput) -> Record:
        """Mark the user's messages as read by a contact, in a conversation or up to a message.

        Returns the messages that were unread, oldest first. Their ``updated_at`` does not change,
        because none was edited.
        """
        problems = [*schemas.check_read(body.values), *schemas.check(world, body.values)]
        values = body.raise_for_errors(problems)
        contact, messages = find_contact(world, values["from"]), self.resources.messages
        key = index_key("conversation_id", schemas.find_conversation_id(world, values))
        unread = []
        for message in world["message"].find(key):
            if message["contact"] == world.user_id and message["read_at"] is None:
                unread.append(message)
            if message["id"] == values.get("message_id"):
                break
        for message in unread:
            messages.change(world, {**message, "read_at": world.change_time()})
        if unread:
            touch_last_active(world, "contact", contact["id"])
        return {"data": [messages.retrieve(world, message["id"]) for message in unread]}

    # contacts, groups and conversations

    def active(self, world: World, body: ValidatedInput) -> Record:
        """Set a contact's ``last_active_at`` to now."""
        values = body.raise_for_errors(schemas.check(world, body.values))
        contact, contacts = find_contact(world, values["contact"]), self.resources.contacts
        return self._set_time(world, contacts, contact, contact["id"], "last_active_at")

    def join(self, world: World, body: ValidatedInput) -> Record:
        """Add a contact to a group, as its last member."""
        values = body.raise_for_errors(schemas.check(world, body.values))
        contact, group = find_contact(world, values["contact"]), world["group"][values["group_id"]]
        members = {"contacts": [*group["contacts"], contact["id"]]}
        return self._update(world, self.resources.groups, group, contact["id"], members)

    def leave(self, world: World, body: ValidatedInput) -> Record:
        """Remove a contact from a group."""
        values = body.raise_for_errors(schemas.check(world, body.values))
        contact, group = find_contact(world, values["contact"]), world["group"][values["group_id"]]
        members = {"contacts": [member for member in group["contacts"] if member != contact["id"]]}
        return self._update(world, self.resources.groups, group, contact["id"], members)

    def open(self, world: World, body: ValidatedInput) -> Record:
        """Open a conversation as the user in another client, without marking messages as read."""
        values = body.raise_for_errors(schemas.check(world, body.values))
        conversation = world["conversation"][values["conversation_id"]]
        conversations = self.resources.conversations
        return self._set_time(world, conversations, conversation, world.user_id, "last_opened_at")

    # shared steps

    def _update(
        self, world: World, resource: Resource, old: Record, actor_id: str, values: Record
    ) -> Record:
        """Update an object as the API does; a change makes the contact ``actor_id`` active."""
        resource.update(world, old["id"], ValidatedInput(values))
        if world[resource.kind][old["id"]] is not old:
            touch_last_active(world, "contact", actor_id)
        return resource.retrieve(world, old["id"])

    def _set_reaction(self, world: World, body: ValidatedInput, *, present: bool) -> Record:
        values = body.raise_for_errors(schemas.check(world, body.values))
        contact, old = find_contact(world, values["from"]), world["message"][values["message_id"]]
        name, username = values["reaction"], contact["username"]
        reactions = {other: names for entry in old["reactions"] for other, names in entry.items()}
        if present:
            reactions[name] = unique([*reactions.get(name, ()), username])
        elif reactions.get(name) == [username]:
            del reactions[name]
        elif name in reactions:
            reactions[name] = [other for other in reactions[name] if other != username]
        new = {"reactions": [{other: names} for other, names in reactions.items()]}
        return self._update(world, self.resources.messages, old, contact["id"], new)

    def _set_time(
        self, world: World, resource: Resource, old: Record, actor_id: str, attribute: str
    ) -> Record:
        new = {**old, attribute: world.change_time()}
        if new != old:  # on a frozen clock, a repetition changes nothing
            resource.change(world, new)
            touch_last_active(world, "contact", actor_id)
        return resource.present(world, new)

    def _store_uploads(self, world: World, content: Record) -> Record:
        """Return the content with each upload replaced by the id of a new attachment."""
        if "attachments" not in content:
            return content
        create = self.resources.attachments.create
        ids = []
        for entry in content["attachments"]:
            is_upload = isinstance(entry, Upload)
            ids.append(create(world, ValidatedInput({"file": entry}))["id"] if is_upload else entry)
        return {**content, "attachments": unique(ids)}


def _content(values: Record) -> Record:
    """Return the attributes that belong to the message itself."""
    return {name: values[name] for name in ("message", "attachments") if name in values}
