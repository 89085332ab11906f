"""A model of the reference, written as simply as possible, to compare the server with.

It uses nothing of mockserver. Tables are dicts in order of creation; messages refer to their
sender and attachments, and groups to their members, by id until they are presented.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from functools import partial
from typing import Any
from urllib.parse import quote

Record = dict[str, Any]
Check = Callable[[Any], bool]

KINDS = {
    "contact": "contacts",
    "conversation": "conversations",
    "group": "groups",
    "message": "messages",
    "attachment": "attachments",
}
EMBEDDED = ("id", "username", "phone_number", "avatar_url", "last_active_at", "created_at")
TYPES = {"pdf": "application/pdf", "png": "image/png", "txt": "text/plain"}


class ModelRefusal(Exception):
    """Raised if the server must reject the request, with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def must(rule: object, status: int = 400) -> None:
    if not rule:
        raise ModelRefusal(status)


# The attributes of each body.


def free(value: Any) -> bool:
    return isinstance(value, str)


def text(value: Any) -> bool:
    return free(value) and value != ""


def url(value: Any) -> bool:
    return free(value) and re.match(r"https?://\w", value) is not None


def flag(value: Any) -> bool:
    return isinstance(value, bool)


def timestamp(value: Any) -> bool:
    return type(value) is int and 0 <= value <= 253402300799


def references(value: Any) -> bool:
    return isinstance(value, list) and all(text(id_of(item)) for item in value)


def reactions(value: Any) -> bool:
    entries = value if isinstance(value, list) else [value]
    if not all(isinstance(entry, dict) for entry in entries):
        return False
    names = [name for entry in entries for name in entry]
    users = [users for entry in entries for users in entry.values()]
    return len(set(names)) == len(names) and all(
        text(name) and isinstance(usernames, list) and all(map(text, usernames))
        for name, usernames in zip(names, users, strict=True)
    )


def file(value: Any) -> bool:
    """Return whether the value is a path, or an upload: (name, type, content)."""
    return (isinstance(value, tuple) or free(value)) and filename(value) != ""


def path(value: Any) -> bool:
    return free(value) and filename(value) != ""


class Nullable:
    def __init__(self, check: Check) -> None:
        self.check = check

    def __call__(self, value: Any) -> bool:
        return value is None or self.check(value)


def id_of(entry: Any) -> Any:
    return entry.get("id") if isinstance(entry, dict) else entry


def filename(value: Any) -> str:
    """Return the last segment of a path."""
    name: str = value[0] if isinstance(value, tuple) else value
    return re.split(r"[/\\]", name)[-1]


POST: dict[str, dict[str, Check]] = {
    "contact": {
        "username": text,
        "phone_number": text,
        "avatar_url": Nullable(url),
        "display_name": Nullable(text),
    },
    "conversation": {"contact_id": Nullable(text), "group_id": Nullable(text)},
    "group": {
        "name": text,
        "description": Nullable(text),
        "avatar_url": Nullable(url),
        "contacts": references,
    },
    "message": {"conversation_id": text, "message": free, "attachments": references},
    "attachment": {"file": file, "message_id": text},
}
REQUIRED = {
    "contact": ("username", "phone_number"),
    "conversation": (),
    "group": ("name",),
    "message": ("conversation_id", "message"),
    "attachment": ("file",),
}
PUT: dict[str, dict[str, Check]] = {
    "contact": {"display_name": Nullable(text)},
    "conversation": {
        "pinned_message_id": Nullable(text),
        "is_pinned": flag,
        "is_muted": flag,
        "archived_at": Nullable(timestamp),
    },
    "group": {**POST["group"], "archived_at": Nullable(timestamp)},
    "message": {"message": free, "reactions": reactions, "attachments": references},
    "attachment": {"filename": path},
}
#: The filters of each list; for boolean ones, the attribute they look at.
FLAGS: dict[str, dict[str, Callable[[Record], bool]]] = {
    "contact": {"active": lambda contact: contact["last_active_at"] is not None},
    "conversation": {
        "muted": lambda conversation: conversation["is_muted"],
        "archived": lambda conversation: conversation["archived_at"] is not None,
        "pinned": lambda conversation: conversation["is_pinned"],
    },
    "group": {"archived": lambda group: group["archived_at"] is not None},
}
OWNED_BY = {
    "conversation": "group_id",
    "message": "conversation_id",
    "attachment": "conversation_id",
}


def well_formed(body: Record, checks: Mapping[str, Check], required: Iterable[str] = ()) -> bool:
    """Return whether a body is valid as far as the world does not matter."""
    known = all(name in checks and checks[name](value) for name, value in body.items())
    return known and all(name in body for name in required)


class Model:
    """The model's world. ``new_id(kind, n)`` returns the n-th new id of a kind."""

    def __init__(self, document: Record, new_id: Callable[[str, int], str]) -> None:
        document = deepcopy(document)
        self.now: int = document["now"]
        self.user: str = document["user"]
        self.tables: dict[str, dict[str, Record]] = {
            kind: {row["id"]: row for row in document[plural]} for kind, plural in KINDS.items()
        }
        self.departed: dict[str, Record] = {row["id"]: row for row in document["departed"]}
        self.files: dict[str, bytes] = {}
        for key, row in self["attachment"].items():
            opening = {"id": key, "message_id": row["message_id"], "filename": row["filename"]}
            opening["file_url"] = file_url(row["filename"])
            self["attachment"][key] = {**opening, **row}
        self._new_id = new_id
        self._created = dict.fromkeys(KINDS, 0)

    def __getitem__(self, kind: str) -> dict[str, Record]:
        return self.tables[kind]

    # operations

    def page(self, kind: str, query: Mapping[str, str]) -> Record:
        flags, owner = FLAGS.get(kind, {}), OWNED_BY.get(kind)
        limit, after, before = 10, None, None
        tests: list[Callable[[Record], bool]] = []
        for name, value in query.items():
            if name == "limit":
                must(re.fullmatch(r"[0-9]{1,3}", value) and 1 <= int(value) <= 100)
                limit = int(value)
            elif name == "starting_after":
                after = value
            elif name == "ending_before":
                before = value
            elif name in flags:
                must(value in ("true", "1", "false", "0"))
                if value in ("true", "1"):
                    tests.append(flags[name])
            else:
                must(name == owner and value)
                tests.append(partial(self._is_owned_by, kind, value))
        must(after is None or before is None)
        must((after or before) is None or (after or before) in self[kind])
        ids = [*reversed(self[kind])]
        if after is not None:
            ids = ids[ids.index(after) + 1 :]
        if before is not None:
            ids = ids[: ids.index(before)]
        matches = [key for key in ids if all(test(self[kind][key]) for test in tests)]
        chosen = matches[:limit] if before is None else matches[max(0, len(matches) - limit) :]
        data = [self.view(kind, key) for key in chosen]
        return {"has_more": len(chosen) < len(matches), "data": data}

    def retrieve(self, kind: str, record_id: str) -> Record:
        must(record_id in self[kind], 404)
        return self.view(kind, record_id)

    def create(self, kind: str, body: Record) -> Record:
        must(well_formed(body, POST[kind], REQUIRED[kind]))
        new: str = getattr(self, f"_create_{kind}")(**body)
        return self.view(kind, new)

    def update(self, kind: str, record_id: str, body: Record) -> Record:
        must(record_id in self[kind], 404)
        must(well_formed(body, PUT[kind]))
        old = self[kind][record_id]
        new = {**old, **getattr(self, f"_read_{kind}")(old, body)}
        if new != old:
            self.now += 1
            if kind == "message":
                new["updated_at"] = self.now
                self._attach(old["attachments"], None)
                self._attach(new["attachments"], record_id)
            self[kind][record_id] = new
        return self.view(kind, record_id)

    def delete(self, kind: str, record_id: str) -> None:
        must(record_id in self[kind], 404)
        must(record_id != self.user, 409)
        self.now += 1
        getattr(self, f"_delete_{kind}")(record_id)

    def view(self, kind: str, record_id: str) -> Record:
        """Return the object with the documented attributes."""
        row = self[kind][record_id]
        if kind == "group":
            members = [self._embedded(contact) for contact in row["contacts"]]
            row = {**row, "contacts": members}
        if kind == "message":
            carried = [self["attachment"][attachment] for attachment in row["attachments"]]
            row = {**row, "contact": self._embedded(row["contact"]), "attachments": carried}
        return row

    # creating

    def _add(self, kind: str, **values: Any) -> str:
        self._created[kind] += 1
        new = self._new_id(kind, self._created[kind])
        assert re.fullmatch(r"[A-Za-z0-9]{16}", new)
        assert new not in self[kind]
        self[kind][new] = {"id": new, **values}
        return new

    def _create_contact(
        self,
        username: str,
        phone_number: str,
        avatar_url: str | None = None,
        display_name: str | None = None,
    ) -> str:
        self.now += 1
        new = self._add(
            "contact",
            username=username,
            phone_number=phone_number,
            avatar_url=avatar_url,
            display_name=display_name,
            conversation_id=None,
            last_active_at=None,
            created_at=self.now,
        )
        self._converse("contact", new)
        return new

    def _create_group(
        self,
        name: str,
        description: str | None = None,
        avatar_url: str | None = None,
        contacts: Iterable[Any] = (),
    ) -> str:
        members = self._known("contact", contacts)
        self.now += 1
        new = self._add(
            "group",
            name=name,
            description=description,
            avatar_url=avatar_url,
            conversation_id=None,
            contacts=members,
            created_at=self.now,
            archived_at=None,
        )
        self._converse("group", new)
        return new

    def _create_conversation(
        self, contact_id: str | None = None, group_id: str | None = None
    ) -> str:
        must((contact_id is None) != (group_id is None))
        kind, owner = ("contact", contact_id) if group_id is None else ("group", group_id)
        must(owner in self[kind])
        self.now += 1
        return self._converse(kind, str(owner))

    def _converse(self, kind: str, owner: str) -> str:
        new = self._add(
            "conversation",
            contact_id=owner if kind == "contact" else None,
            group_id=owner if kind == "group" else None,
            pinned_message_id=None,
            is_pinned=False,
            is_muted=False,
            last_active_at=None,
            last_opened_at=None,
            created_at=self.now,
            archived_at=None,
        )
        if self[kind][owner]["conversation_id"] is None:
            self[kind][owner]["conversation_id"] = new
        return new

    def _create_message(
        self, conversation_id: str, message: str, attachments: Iterable[Any] = ()
    ) -> str:
        must(conversation_id in self["conversation"])
        carried = self._attachable(attachments, None)
        must(message or carried)
        self.now += 1
        new = self._add(
            "message",
            conversation_id=conversation_id,
            contact=self.user,
            message=message,
            reactions=[],
            attachments=carried,
            read_at=None,
            created_at=self.now,
            updated_at=None,
        )
        self._attach(carried, new)
        self["conversation"][conversation_id]["last_active_at"] = self.now
        self["contact"][self.user]["last_active_at"] = self.now
        return new

    def _create_attachment(self, file: Any, message_id: str | None = None) -> str:
        must(message_id is None or message_id in self["message"])
        self.now += 1
        name = filename(file)
        _, media_type, content = file if isinstance(file, tuple) else (name, None, b"")
        new = self._add(
            "attachment",
            message_id=message_id,
            filename=name,
            file_url=file_url(name),
            file_type=media_type or TYPES.get(name.rpartition(".")[2], "application/octet-stream"),
            file_size=len(content),
            created_at=self.now,
        )
        self.files[new] = content
        if message_id is not None:
            self["message"][message_id]["attachments"].append(new)
        return new

    # updating

    def _read_contact(self, old: Record, body: Record) -> Record:
        return body

    def _read_conversation(self, old: Record, body: Record) -> Record:
        pinned = body.get("pinned_message_id")
        if pinned is not None:
            message = self["message"].get(pinned, {})
            must(message.get("conversation_id") == old["id"])
        return body

    def _read_group(self, old: Record, body: Record) -> Record:
        if "contacts" in body:
            body = {**body, "contacts": self._known("contact", body["contacts"])}
        return body

    def _read_message(self, old: Record, body: Record) -> Record:
        new = dict(body)
        if "attachments" in new:
            new["attachments"] = self._attachable(new["attachments"], old["id"])
        if "reactions" in new:
            value = new["reactions"]
            entries = value if isinstance(value, list) else [value]
            new["reactions"] = [
                {name: [*dict.fromkeys(users)]}
                for entry in entries
                for name, users in entry.items()
            ]
        after = {**old, **new}
        if "message" in new or "attachments" in new:
            must(after["message"] or after["attachments"])
        return new

    def _read_attachment(self, old: Record, body: Record) -> Record:
        if "filename" not in body:
            return body
        name = filename(body["filename"])
        return {"filename": name, "file_url": file_url(name)}

    # deleting

    def _delete_contact(self, contact_id: str) -> None:
        self._delete_conversations("contact_id", contact_id)
        for group in self["group"].values():
            group["contacts"] = [contact for contact in group["contacts"] if contact != contact_id]
        self.departed[contact_id] = self._embedded(contact_id)
        del self["contact"][contact_id]

    def _delete_group(self, group_id: str) -> None:
        self._delete_conversations("group_id", group_id)
        del self["group"][group_id]

    def _delete_conversations(self, attribute: str, owner: str) -> None:
        for conversation_id, conversation in [*self["conversation"].items()]:
            if conversation[attribute] == owner:
                self._delete_conversation(conversation_id)

    def _delete_conversation(self, conversation_id: str) -> None:
        for message_id, message in [*self["message"].items()]:
            if message["conversation_id"] == conversation_id:
                self._delete_message(message_id)
        last = self["conversation"].pop(conversation_id)
        kind = "contact" if last["contact_id"] else "group"
        attribute = f"{kind}_id"
        owner = self[kind][last[attribute]]
        if owner["conversation_id"] == conversation_id:
            left = (
                other_id
                for other_id, conversation in self["conversation"].items()
                if conversation[attribute] == owner["id"]
            )
            owner["conversation_id"] = next(left, None)

    def _delete_message(self, message_id: str) -> None:
        for attachment_id in [*self["message"][message_id]["attachments"]]:
            self._delete_attachment(attachment_id)
        conversation = self["conversation"][self["message"][message_id]["conversation_id"]]
        if conversation["pinned_message_id"] == message_id:
            conversation["pinned_message_id"] = None
        del self["message"][message_id]

    def _delete_attachment(self, attachment_id: str) -> None:
        message_id = self["attachment"].pop(attachment_id)["message_id"]
        if message_id is not None:
            self["message"][message_id]["attachments"].remove(attachment_id)
        self.files.pop(attachment_id, None)

    # references

    def _known(self, kind: str, entries: Iterable[Any]) -> list[str]:
        ids = [*dict.fromkeys(map(id_of, entries))]
        must(all(record_id in self[kind] for record_id in ids))
        return ids

    def _attachable(self, entries: Iterable[Any], message_id: str | None) -> list[str]:
        ids = self._known("attachment", entries)
        message_ids = {self["attachment"][attachment_id]["message_id"] for attachment_id in ids}
        must(message_ids <= {None, message_id})
        return ids

    def _attach(self, ids: Iterable[str], message_id: str | None) -> None:
        for attachment_id in ids:
            self["attachment"][attachment_id]["message_id"] = message_id

    def _is_owned_by(self, kind: str, owner_id: str, row: Record) -> bool:
        return bool(self._owner(kind, row) == owner_id)

    def _owner(self, kind: str, row: Record) -> Any:
        """Return the value of a record that the id filter of ``kind`` compares."""
        if kind == "attachment":
            row = self["message"].get(row["message_id"], {})
        return row.get(OWNED_BY[kind])

    def _embedded(self, contact_id: str) -> Record:
        contact = self["contact"].get(contact_id) or self.departed[contact_id]
        return {name: contact[name] for name in EMBEDDED}


def file_url(name: str) -> str:
    return "https://assets.protocol.chat/attachments/" + quote(name, safe="")


def contradictions(lists: Mapping[str, list[Record]], departed: Iterable[str]) -> Iterator[str]:
    """Yield the inconsistencies between objects, as all lists show them."""
    of = {kind: {record["id"]: record for record in records} for kind, records in lists.items()}
    absent = set(departed)

    def embeds(contact: Record) -> bool:
        now = of["contact"].get(contact["id"])
        return now is not None and contact == {name: now[name] for name in EMBEDDED}

    for kind, records in lists.items():
        if len(of[kind]) < len(records):
            yield f"a {kind} is listed twice"
    for kind in ("contact", "group"):
        for owner in lists[kind]:
            main = owner["conversation_id"]
            others = (row for row in lists["conversation"] if row[f"{kind}_id"] == owner["id"])
            if main is None and any(others):
                yield f"{owner['id']} has conversations and none that is its own"
            if (
                main is not None
                and of["conversation"].get(main, {}).get(f"{kind}_id") != owner["id"]
            ):
                yield f"{owner['id']} has a conversation that is not its own"
    for group in lists["group"]:
        if not all(map(embeds, group["contacts"])):
            yield f"group {group['id']} has a member who is not as the contacts are"
    for conversation in lists["conversation"]:
        owners = [kind for kind in ("contact", "group") if conversation[f"{kind}_id"] is not None]
        if len(owners) != 1 or conversation[f"{owners[0]}_id"] not in of[owners[0]]:
            yield f"conversation {conversation['id']} has not exactly one owner"
        pinned = conversation["pinned_message_id"]
        if pinned and of["message"].get(pinned, {}).get("conversation_id") != conversation["id"]:
            yield f"conversation {conversation['id']} pins a message that is not in it"
    for message in lists["message"]:
        if message["conversation_id"] not in of["conversation"]:
            yield f"message {message['id']} is in no conversation"
        sender = message["contact"]
        if not embeds(sender) and (sender["id"] in of["contact"] or sender["id"] not in absent):
            yield f"message {message['id']} has a sender who is neither here nor departed"
        for attachment in message["attachments"]:
            if (
                of["attachment"].get(attachment["id"]) != attachment
                or attachment["message_id"] != message["id"]
            ):
                yield f"message {message['id']} has an attachment that differs from the list"
    for attachment in lists["attachment"]:
        home = attachment["message_id"]
        if home is not None and attachment not in of["message"].get(home, {}).get(
            "attachments", ()
        ):
            yield f"attachment {attachment['id']} is on a message that does not carry it"


# A small world, so that random requests meet the objects of earlier ones.


def name(kind: str, number: int) -> str:
    """Return a readable id."""
    return f"{kind}{number:0{16 - len(kind)}d}"


def document() -> Record:
    """Return fixtures with every relation: groups of others, three conversations with
    one contact, none with another, pins, attachments on and off messages, a deleted sender.
    """
    contacts = [
        {
            "id": name("contact", n),
            "username": f"Contact{n}",
            "phone_number": f"1-800-555-010{n}",
            "avatar_url": f"https://assets.protocol.chat/avatars/{n}.jpg" if n % 2 else None,
            "display_name": None if n % 3 else f"Number {n}",
            "conversation_id": name("conversation", n) if 1 <= n <= 4 else None,
            "last_active_at": 900 + n if n % 2 else None,
            "created_at": 100 + n,
        }
        for n in range(7)
    ]
    members = {1: [0, 1, 2, 3], 2: [5, 6, 1], 3: []}
    groups = [
        {
            "id": name("group", n),
            "name": f"Group {n}",
            "description": None,
            "avatar_url": None,
            "conversation_id": name("conversation", 4 + n) if n < 3 else None,
            "contacts": [name("contact", member) for member in members[n]],
            "created_at": 200 + n,
            "archived_at": 300 if n == 3 else None,
        }
        for n in members
    ]
    # Contact 1 and group 1 have three conversations each; contacts 5 and 6 and group 3 none.
    contact_of = {1: 1, 2: 2, 3: 3, 4: 4, 7: 1, 9: 1}
    group_of = {5: 1, 6: 2, 8: 1, 10: 1}
    conversations = [
        {
            "id": name("conversation", n),
            "contact_id": name("contact", contact_of[n]) if n in contact_of else None,
            "group_id": name("group", group_of[n]) if n in group_of else None,
            "pinned_message_id": name("message", n) if n in (1, 5, 6) else None,
            "is_pinned": n % 2 == 0,
            "is_muted": n % 3 == 0,
            "last_active_at": 800 + n,
            "last_opened_at": None,
            "created_at": 300 + n,
            "archived_at": 700 if n == 2 else None,
        }
        for n in range(1, 11)
    ]
    departed = {key: contacts[1][key] for key in EMBEDDED} | {"id": name("departed", 1)}
    messages = []
    for n in range(1, 25):
        position = (n - 1) % 8 + 1
        senders = [name("contact", member) for member in members.get(group_of.get(position, 0), [])]
        senders = senders or [name("contact", 0), name("contact", contact_of.get(position, 0))]
        messages.append(
            {
                "id": name("message", n),
                "conversation_id": name("conversation", position),
                "contact": departed["id"] if n == 13 else senders[n % len(senders)],
                "message": f"Message {n}",
                "reactions": [{"thumbs_up": ["Contact1"]}] if n % 5 == 0 else [],
                "attachments": [
                    name("attachment", number) for number in {5: [1, 2], 9: [3]}.get(n, [])
                ],
                "read_at": None,
                "created_at": 400 + n,
                "updated_at": 500 if n == 7 else None,
            }
        )
    attachments = [
        {
            "id": name("attachment", n),
            "message_id": name("message", {1: 5, 2: 5, 3: 9}[n]) if n <= 3 else None,
            "filename": f"{n}.png",
            "file_type": "image/png",
            "file_size": n,
            "created_at": 600 + n,
        }
        for n in range(1, 7)
    ]
    return {
        "version": 1,
        "now": 1000,
        "user": name("contact", 0),
        "contacts": contacts,
        "groups": groups,
        "conversations": conversations,
        "messages": messages,
        "attachments": attachments,
        "departed": [departed],
    }
