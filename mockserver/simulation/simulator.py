"""The other side of the conversation: what contacts do, and the user in another client.

Through the API the user can act only as themselves. Here each act has the consequences that it
has there. Whoever acts is active at that moment; an act that changes nothing has no consequences.
"""

from __future__ import annotations

from mockserver.resources.base import Resource, index_key, touch_last_active, unique
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.schema import Draft
from mockserver.schema.uploads import Upload
from mockserver.simulation import contact_lookup, schemas
from mockserver.storage.collection import Record
from mockserver.storage.world import World


class Simulator:
    """The acts, each on a world with a draft of ``acts``.

    They return objects as the API shows them, and raise ``InvalidRequest`` with every problem
    before anything is written.
    """

    def __init__(self, resources: ResourceRegistry) -> None:
        self.resources = resources

    # messages

    def message(self, world: World, draft: Draft) -> Record:
        """A contact says something; where no conversation is named, in the one with the contact,
        which is created where there is none."""
        said, messages = _said(draft.values), self.resources.messages
        problems = [*schemas.check(world, draft.values), *messages.check(world, said, None)]
        values = draft.settle(problems)
        contact = contact_lookup.find(world, values["from"])
        home = values.get("conversation_id") or contact["conversation_id"]
        if home is None:
            direct = Draft({"contact_id": contact["id"]})
            home = self.resources.conversations.create(world, direct)["id"]
        said = {**self._enclosed(world, said), "conversation_id": home}
        return messages.send(world, contact["id"], said)

    def edit(self, world: World, draft: Draft) -> Record:
        """The contact who sent a message changes it."""
        said, messages = _said(draft.values), self.resources.messages
        problems = [*schemas.check(world, draft.values), *schemas.check_sender(world, draft.values)]
        problems += messages.check(world, said, schemas.named_message(world, draft.values))
        old = world["message"][draft.settle(problems)["message_id"]]
        return self._update(world, messages, old, old["contact"], self._enclosed(world, said))

    def delete(self, world: World, draft: Draft) -> Record:
        """The contact who sent a message takes it back, for good."""
        problems = [*schemas.check(world, draft.values), *schemas.check_sender(world, draft.values)]
        old = world["message"][draft.settle(problems)["message_id"]]
        self.resources.messages.delete(world, old["id"])
        touch_last_active(world, "contact", old["contact"])
        return {"deleted": old["id"]}

    def react(self, world: World, draft: Draft) -> Record:
        """A contact reacts to a message."""
        values = draft.settle(schemas.check(world, draft.values))
        contact, old = (
            contact_lookup.find(world, values["from"]),
            world["message"][values["message_id"]],
        )
        reactions, name = _by_name(old["reactions"]), values["reaction"]
        reactions[name] = unique([*reactions.get(name, ()), contact["username"]])
        return self._reacted(world, old, contact["id"], reactions)

    def unreact(self, world: World, draft: Draft) -> Record:
        """A contact takes a reaction back; one that is left by all is gone."""
        values = draft.settle(schemas.check(world, draft.values))
        contact, old = (
            contact_lookup.find(world, values["from"]),
            world["message"][values["message_id"]],
        )
        reactions, name = _by_name(old["reactions"]), values["reaction"]
        if contact["username"] in reactions.get(name, ()):
            reactions[name] = [each for each in reactions[name] if each != contact["username"]]
            if not reactions[name]:
                del reactions[name]
        return self._reacted(world, old, contact["id"], reactions)

    def read(self, world: World, draft: Draft) -> Record:
        """A contact reads what the user said: all of a conversation, or up to a message.

        Returns what was unread, oldest first. It was not edited, so ``updated_at`` stays.
        """
        problems = [*schemas.check_read(draft.values), *schemas.check(world, draft.values)]
        values = draft.settle(problems)
        contact, messages = contact_lookup.find(world, values["from"]), self.resources.messages
        unread = []
        for message in world["message"].find(
            index_key("conversation_id", schemas.home(world, values))
        ):
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

    def active(self, world: World, draft: Draft) -> Record:
        """A contact comes active."""
        values = draft.settle(schemas.check(world, draft.values))
        contact = contact_lookup.find(world, values["contact"])
        return self._set_moment(
            world, self.resources.contacts, contact, contact["id"], "last_active_at"
        )

    def join(self, world: World, draft: Draft) -> Record:
        """A contact joins a group, as its last member."""
        values = draft.settle(schemas.check(world, draft.values))
        contact, group = (
            contact_lookup.find(world, values["contact"]),
            world["group"][values["group_id"]],
        )
        members = {"contacts": [*group["contacts"], contact["id"]]}
        return self._update(world, self.resources.groups, group, contact["id"], members)

    def leave(self, world: World, draft: Draft) -> Record:
        """A contact leaves a group."""
        values = draft.settle(schemas.check(world, draft.values))
        contact, group = (
            contact_lookup.find(world, values["contact"]),
            world["group"][values["group_id"]],
        )
        members = {"contacts": [each for each in group["contacts"] if each != contact["id"]]}
        return self._update(world, self.resources.groups, group, contact["id"], members)

    def open(self, world: World, draft: Draft) -> Record:
        """The user opens a conversation; that this reads messages, the reference does not say."""
        values = draft.settle(schemas.check(world, draft.values))
        conversation = world["conversation"][values["conversation_id"]]
        return self._set_moment(
            world, self.resources.conversations, conversation, world.user_id, "last_opened_at"
        )

    # what they share

    def _update(
        self, world: World, resource: Resource, old: Record, actor_id: str, values: Record
    ) -> Record:
        """Do what the API does, as another than the user."""
        resource.update(world, old["id"], Draft(values))
        if world[resource.kind][old["id"]] is not old:
            touch_last_active(world, "contact", actor_id)
        return resource.retrieve(world, old["id"])

    def _reacted(
        self, world: World, old: Record, actor_id: str, reactions: dict[str, list[str]]
    ) -> Record:
        values = {"reactions": [{name: usernames} for name, usernames in reactions.items()]}
        return self._update(world, self.resources.messages, old, actor_id, values)

    def _set_moment(
        self, world: World, resource: Resource, old: Record, actor_id: str, attribute: str
    ) -> Record:
        new = {**old, attribute: world.change_time()}
        if new != old:  # on a clock that stands still, a second time is none
            resource.change(world, new)
            touch_last_active(world, "contact", actor_id)
        return resource.present(world, new)

    def _enclosed(self, world: World, said: Record) -> Record:
        """The same with the id of a new attachment in the place of each file."""
        if "attachments" not in said:
            return said
        create = self.resources.attachments.create
        ids = [
            create(world, Draft({"file": each}))["id"] if isinstance(each, Upload) else each
            for each in said["attachments"]
        ]
        return {**said, "attachments": unique(ids)}


def _said(values: Record) -> Record:
    """What of an act is the message's."""
    return {name: values[name] for name in ("message", "attachments") if name in values}


def _by_name(reactions: list[dict[str, list[str]]]) -> dict[str, list[str]]:
    return {name: usernames for entry in reactions for name, usernames in entry.items()}
