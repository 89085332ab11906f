"""The rules that no single attribute, status or header tells: what each rests on, and why."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.contract.fidelity.row import Row

#: By section of the reference: what holds, and what it is called here.
DOCUMENTED = {
    "Conventions": {
        "all attributes": "an object has exactly the attributes of its table, in that order, with "
        "null where there is no value",
        "timestamps": "integer Unix seconds",
    },
    "Authentication": {
        "credentials": "each request needs Authorization: Bearer, or HTTP Basic",
    },
    "Request bodies": {
        "three types": "JSON, URL-encoded and multipart bodies mean the same",
        "brackets": "forms nest with brackets: reactions[red_angry_face][]=KateMcCallister",
        "form values": "true, false, 1 and 0 are booleans, integers are decimal, an empty value "
        "is null where an attribute may be null",
        "no body": "no body means an empty object",
        "strict JSON": 'JSON is typed strictly: "true" is no boolean, "5" no integer',
        "all problems": "all the problems of a request are told at once, and nothing was changed",
    },
    "Errors": {
        "error object": "exactly type, message and documentation_url",
        "error types": "invalid_request for any 4xx, api_error for any 5xx",
    },
    "Pagination": {
        "has_more": "whether more objects lie beyond this page, in the direction of travel",
    },
    "Contact": {
        "contact's conversation": "creating a contact creates the conversation with it",
        "contact's end": "deleting a contact deletes the conversation with it, and takes it out "
        "of every group",
        "embedded contact": "always the contact's present state",
    },
    "Conversation": {
        "one owner": "exactly one of contact_id and group_id, naming an existing one",
        "own pin": "pinned_message_id is a message of this conversation",
        "conversation's end": "deleting a conversation deletes its messages, for good",
        "filters": "true shows only such, false filters nothing; filters combine",
    },
    "Group": {
        "group's conversation": "creating a group creates its conversation",
        "group's end": "deleting a group deletes its conversations with their messages, for good",
        "whole membership": "contacts of an update is the whole new membership",
    },
    "Message": {
        "replacing": "each attribute of an update replaces the old value",
        "reactions": "sent as one object of name to usernames, answered as an array with one "
        "object for each name",
    },
    "Attachment": {
        "file_url": "follows the filename",
        "attachment's end": "deleting an attachment deletes the file too",
    },
    "Events and webhooks": {
        "event types": "each of the five kinds has created, updated and deleted",
        "payload": "the whole object",
        "signature": "over the exact body, and over nothing else",
    },
}

#: By section: what is called here so, what holds, and why it was decided.
DECIDED = {
    "Conventions": {
        "errors everywhere": (
            "the HTTP server's own errors, unknown paths and methods are error objects too",
            "a client has one way of reading errors",
        ),
    },
    "Authentication": {
        "any token": (
            "any token or username is taken, unless the server was started with a list of them",
            "it is a sandbox: there is nothing to protect, and no account to set up",
        ),
        "revoked_": (
            "a token that begins with revoked_ gets a 401",
            "so that a client's way out of a 401 can be tested",
        ),
        "sandbox_NAME": (
            "a token sandbox_NAME has a world of its own, a fresh copy of the fixtures; all other "
            "tokens share the sandbox default",
            "parallel tests are isolated by their token alone, with any client, unchanged",
        ),
    },
    "Request bodies": {
        "arrays in forms": (
            "contacts[]=A&contacts[]=B and contacts=A&contacts=B are arrays; contacts[]= alone is "
            "the empty one",
            "these are the ways in which the common encoders write them",
        ),
        "ambiguous forms": (
            "a scalar sent twice, or a form that could be read in two ways, is a 400",
            "nothing is dropped in silence",
        ),
        "unknown names": (
            "an attribute or parameter that an endpoint does not list is a 400 that names the "
            "nearest; a read-only one too",
            "a slip of the pen that passes is a test that is green for the wrong reason",
        ),
        "empty strings": (
            "required strings may not be empty",
            "an object without its name would be none that the API itself could have made",
        ),
        "free text": (
            "phone numbers, usernames and the names in reactions are free text",
            "the documentation names no format, and shows several",
        ),
        "Unicode": (
            "text that is no valid Unicode, such as a lone surrogate, is a 400",
            "it could be answered by no encoder, so it must not come in",
        ),
    },
    "Pagination": {
        "one cursor": (
            "both cursors at once are a 400",
            "the two contradict each other, and to guess would hide a bug",
        ),
        "known cursor": (
            "a cursor that names no existing object of the collection is a 400",
            "an empty page would look like the end of the list",
        ),
        "order": (
            "lists are in the reverse order of creation, latest first, whatever the clock said",
            "all documented pages are so, and an order by creation is the same on every run",
        ),
        "unknown filter": (
            "a filter by an id that names nothing finds nothing",
            "a filter is a question, not a reference",
        ),
        "hidden cursor": (
            "an object that a filter hides is still a position",
            "an object may change while somebody walks the list",
        ),
        "stable walk": (
            "a walk with starting_after never repeats an object, and never skips one that existed "
            "throughout",
            "this is what cursors are for",
        ),
    },
    "Contact": {
        "usernames": ("usernames need not be unique", "no conflict is documented"),
        "several conversations": (
            "deleting a contact deletes all conversations with it, where there are several",
            "a conversation with nobody could not be shown",
        ),
        "the user": (
            "the authenticated user is a contact: listed, the sender of what the API sends, and "
            "not to be deleted",
            "the documented messages of the user embed such a contact",
        ),
        "departed sender": (
            "a message in a group's conversation outlives its sender, and keeps the last state",
            "a message always has a contact, and what was said in a group stays said",
        ),
    },
    "Conversation": {
        "last_active_at": (
            "set when a message is sent",
            "the documentation shows it, and not when it changes",
        ),
        "last_opened_at": (
            "reading through the API does not set it",
            "a program that looks is no user who opens",
        ),
        "always new": (
            "there is always a new one; its owner's conversation_id is set if it was null",
            "no conflict is documented, and 201 says that something was made",
        ),
        "next conversation": (
            "an owner's conversation_id that named a deleted one moves to the oldest that remains, "
            "else it is null",
            "it shall never name what is gone",
        ),
    },
    "Group": {
        "members": (
            "each entry of contacts is an id, or an object of which only id is read; an unknown "
            "one is a 400, a repeated one counts once",
            "the documentation says objects, and clients send what they have: ids, or the objects "
            "that they were given",
        ),
    },
    "Message": {
        "empty message": (
            "an empty message is a 400 unless it has attachments",
            "a picture needs no words, and nothing at all is no message",
        ),
        "updated_at": (
            "set when a value changes",
            "the documentation says null until the first update; one that changes nothing is none",
        ),
        "message's end": (
            "deleting a message deletes its attachments, and clears a pin of it",
            "nothing shall name what is gone",
        ),
        "both shapes": (
            "reactions are taken as the object that is documented for sending, and as the array "
            "that is answered",
            "so a client can send back what it was given",
        ),
        "attachments of one": (
            "an attachment belongs to one message only; those left out by an update are detached",
            "an attachment has one message_id",
        ),
    },
    "Attachment": {
        "detached": (
            "message_id is null until a message carries it",
            "a file is uploaded before the message that carries it is sent",
        ),
        "file": (
            "a part with a file is stored with bytes, name and type; the documented text only "
            "names one: its last path segment, a guessed type, no content",
            "the documented request forgets curl's @, and must work as it stands",
        ),
        "types": (
            "types are guessed by a table of ours",
            "the machine's table differs from machine to machine",
        ),
        "asset URLs": (
            "documented, or with --assets local pointing to this server, which really serves",
            "so that a page works offline",
        ),
    },
    "Events and webhooks": {
        "which events": (
            "one for each object that a request creates, updates or deletes, by name or by cascade",
            "a receiver that counts must come to the state of the API",
        ),
        "order of events": (
            "for creations the cause comes first, for deletions last",
            "so a receiver never hears of what belongs to something unknown or gone",
        ),
        "silent consequences": (
            "what merely follows inside another object emits nothing",
            "nobody has updated it; and each message would emit two more events",
        ),
        "no change": (
            "an update that changes nothing emits nothing and does not move the clock",
            "nothing has happened",
        ),
        "moment of payloads": (
            "rendered when the request is done; a deletion's shows the object as it was before",
            "a receiver sees what a request at that moment would have seen",
        ),
        "setting the stage": (
            "reset and state import emit nothing",
            "they are acts of the test, not of the API",
        ),
        "order of deliveries": (
            "first attempts go to each webhook in the order of events; a retry holds nothing up",
            "one failure shall not delay all that follows",
        ),
    },
    "Determinism": {
        "same bytes": (
            "the same fixtures, seed and requests give the same bytes, everywhere",
            "a test that fails must fail again",
        ),
        "ids": (
            "the n-th new id of a kind depends on the seed, the kind and n alone",
            "one more contact shifts no message's id",
        ),
        "clock": (
            "the sandbox's own: one second for each request that changes something; or frozen, "
            "set, advanced, or real",
            "times are reproducible, and increase",
        ),
    },
}


def rows() -> Iterator[Row]:
    """Section by section, what is documented first."""
    for section in DOCUMENTED | DECIDED:
        for subject, said in DOCUMENTED.get(section, {}).items():
            yield Row("rule", subject, "documented", said, "", section)
        for subject, (said, reason) in DECIDED.get(section, {}).items():
            yield Row("rule", subject, "decided", said, reason, section)
