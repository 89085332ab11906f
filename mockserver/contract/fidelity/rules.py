"""Provenance of the API's rules, and of what only the sandbox has."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.contract.fidelity import Row

#: Statements by section of ``contract/reference.md`` and subject.
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
        "three types": "JSON, URL-encoded and multipart bodies are equivalent",
        "brackets": "brackets nest form fields: reactions[red_angry_face][]=KateMcCallister",
        "form values": "true, false, 1 and 0 are booleans; integers are decimal; an empty value "
        "is null if the attribute may be null",
        "no body": "a request without a body has an empty object as its body",
        "strict JSON": 'JSON types are strict: "true" is not a boolean, "5" is not an integer',
        "all problems": "an error names all problems of a request, which has changed nothing",
    },
    "Errors": {
        "error object": "exactly type, message and documentation_url",
        "error types": "invalid_request for any 4xx, api_error for any 5xx",
    },
    "Pagination": {
        "has_more": "whether more objects follow this page, in the direction of paging",
    },
    "Contact": {
        "contact's conversation": "creating a contact creates the conversation with it",
        "contact's end": "deleting a contact deletes the conversation with it, and removes it "
        "from every group",
        "embedded contact": "always shows the contact's current state",
    },
    "Conversation": {
        "one owner": "exactly one of contact_id and group_id, the id of an existing object",
        "own pin": "pinned_message_id is a message of this conversation",
        "conversation's end": "deleting a conversation permanently deletes its messages",
        "filters": "true shows only matching ones, false filters nothing; filters combine",
    },
    "Group": {
        "group's conversation": "creating a group creates its conversation",
        "group's end": "deleting a group permanently deletes its conversations and their messages",
        "whole membership": "contacts in an update replaces all members",
    },
    "Message": {
        "replacing": "each attribute in an update replaces the old value",
        "reactions": "sent as one object from reaction name to usernames, returned as an array "
        "with one object per name",
    },
    "Attachment": {
        "file_url": "changes with the filename",
        "attachment's end": "deleting an attachment also deletes the file",
    },
    "Events and webhooks": {
        "event types": "each of the five kinds has created, updated and deleted",
        "payload": "the whole object",
        "signature": "computed over the exact body and nothing else",
    },
}

#: Statement and reason, by section and subject.
DECIDED = {
    "Conventions": {
        "errors everywhere": (
            "the HTTP server's own errors and unknown paths and methods also give error objects",
            "a client needs only one way to read errors",
        ),
    },
    "Authentication": {
        "any token": (
            "any token or username is accepted, unless the server was started with a list of them",
            "a sandbox has nothing to protect and needs no accounts",
        ),
        "revoked_": (
            "a token that begins with revoked_ gets a 401",
            "so that a client's handling of a 401 can be tested",
        ),
        "sandbox_NAME": (
            "the token sandbox_NAME selects a separate sandbox with its own copy of the fixtures; "
            "all other tokens share the sandbox default",
            "a token alone isolates parallel tests, with any client and without changing it",
        ),
    },
    "Request bodies": {
        "arrays in forms": (
            "contacts[]=A&contacts[]=B and contacts=A&contacts=B are arrays; contacts[]= alone is "
            "an empty array",
            "the common encoders write arrays in these ways",
        ),
        "ambiguous forms": (
            "a scalar sent twice, or a form that can be read in two ways, is a 400",
            "no value is silently ignored",
        ),
        "unknown names": (
            "an attribute or parameter that the endpoint does not have, or that is read-only, is a "
            "400 that names the nearest one",
            "if a misspelt name were ignored, a test could pass for the wrong reason",
        ),
        "empty strings": (
            "required strings may not be empty",
            "the real API could not have created an object with an empty name",
        ),
        "free text": (
            "phone numbers, usernames and the names in reactions are free text",
            "the documentation specifies no format and shows several",
        ),
        "Unicode": (
            "text that is not valid Unicode, such as a lone surrogate, is a 400",
            "no response could encode it",
        ),
    },
    "Pagination": {
        "one cursor": (
            "both cursors in one request are a 400",
            "they contradict each other, and choosing one would hide a bug",
        ),
        "known cursor": (
            "a cursor that is not the id of an existing object of the collection is a 400",
            "an empty page would look like the end of the list",
        ),
        "order": (
            "lists are in reverse order of creation, latest first, independent of the clock",
            "all documented pages have this order, and it is the same in every run",
        ),
        "unknown filter": (
            "a filter by the id of an object that does not exist gives an empty list",
            "a filter is a query, not a reference",
        ),
        "hidden cursor": (
            "an object that the filter excludes is still a valid cursor",
            "an object may change while a client pages through the list",
        ),
        "stable walk": (
            "paging with starting_after never repeats an object, and never skips one that existed "
            "all the time",
            "this is the purpose of cursors",
        ),
    },
    "Contact": {
        "usernames": ("usernames need not be unique", "the documentation mentions no conflict"),
        "several conversations": (
            "deleting a contact deletes all conversations with it, if there are several",
            "a conversation without a contact could not be represented",
        ),
        "the user": (
            "the authenticated user is a contact: it is listed, is the sender of messages sent "
            "through the API, and cannot be deleted",
            "the documented messages of the user contain such a contact",
        ),
        "departed sender": (
            "a message in a group's conversation remains when its sender is deleted, and keeps the "
            "sender's last state",
            "a message always has a contact, and a group keeps its messages",
        ),
    },
    "Conversation": {
        "last_active_at": (
            "set when a message is sent",
            "the documentation shows it, but not when it changes",
        ),
        "last_opened_at": (
            "reading through the API does not set it",
            "a program that reads a conversation is not a user who opens it",
        ),
        "always new": (
            "creating always makes a new one; the conversation_id of its contact or group is set "
            "if it was null",
            "the documentation mentions no conflict, and 201 means that an object was created",
        ),
        "next conversation": (
            "if the conversation in a contact's or group's conversation_id is deleted, the "
            "attribute becomes the oldest remaining one, or null",
            "it must never be the id of a deleted object",
        ),
    },
    "Group": {
        "members": (
            "each entry of contacts is an id, or an object of which only id is read; an unknown id "
            "is a 400, a repeated id counts once",
            "the documentation says objects, and clients send ids or the objects they received",
        ),
    },
    "Message": {
        "empty message": (
            "an empty message is a 400 unless it has attachments",
            "a picture needs no text, but a message needs one of the two",
        ),
        "updated_at": (
            "set when a value changes",
            "the documentation says null until the first update; a request that changes nothing is "
            "not an update",
        ),
        "message's end": (
            "deleting a message deletes its attachments, and unpins it",
            "no attribute must be the id of a deleted object",
        ),
        "both shapes": (
            "reactions are accepted as the object documented for requests, and as the array "
            "documented for responses",
            "a client can send back what it received",
        ),
        "attachments of one": (
            "an attachment belongs to one message only; an update detaches those it does not list",
            "an attachment has one message_id",
        ),
    },
    "Attachment": {
        "detached": (
            "message_id is null until the file is attached to a message",
            "a file is uploaded before its message is sent",
        ),
        "file": (
            "a part with a file is stored with its bytes, name and type; the documented text value "
            "only names a file: its last path segment, with a guessed type and no content",
            "the documented request lacks curl's @, and must work as it is",
        ),
        "types": (
            "types are guessed from a built-in table",
            "the operating system's table differs between machines",
        ),
        "asset URLs": (
            "as documented; with --assets local they point to this server, which serves the files",
            "so that a page works offline",
        ),
    },
    "Events and webhooks": {
        "which events": (
            "one for each object that a request creates, updates or deletes, also by cascade",
            "a receiver that follows the events must end with the same state as the API",
        ),
        "order of events": (
            "a created object comes before the objects created with it; a deleted object comes "
            "after the objects deleted with it",
            "no event is about a part of an object that is unknown to the receiver or deleted",
        ),
        "silent consequences": (
            "a change that is only a consequence within another object emits no event",
            "no request updated that object; and each message would emit two more events",
        ),
        "no change": (
            "an update that changes nothing emits no event and does not advance the clock",
            "no object has changed",
        ),
        "moment of payloads": (
            "rendered at the end of the request; for a deletion, the object as it was before",
            "a receiver sees what a request at that time would have returned",
        ),
        "setting the stage": (
            "reset and state import emit no events",
            "they are actions of a test, not of the API",
        ),
        "order of deliveries": (
            "first attempts go to each webhook in the order of events; a retry delays none of them",
            "one failure must not delay all later deliveries",
        ),
    },
    "Determinism": {
        "same bytes": (
            "the same fixtures, seed and requests give the same bytes on every machine",
            "a failing test must be reproducible",
        ),
        "ids": (
            "the n-th new id of a kind depends only on the seed, the kind and n",
            "one more contact changes no message's id",
        ),
        "clock": (
            "each sandbox has its own: it advances one second per request that changes something; "
            "it can also be frozen, set, advanced or real",
            "times are reproducible and increase",
        ),
    },
}


#: Subject, statement, reason and source of what only the sandbox has.
EXTENSIONS = (
    (
        "/_sandbox",
        "the control API: reset, snapshots, clock, faults, webhooks, simulate, journal and more",
        "only a test needs it, and no client of the real API uses these paths",
        "stripe-mock, WireMock, moto",
    ),
    (
        "--bots, /_sandbox/bots",
        "simulated users who write, answer, react and read on the sandbox's clock",
        "for demos; there are none unless requested",
        "Stripe test clocks, Plaid",
    ),
    (
        "/s/NAME/v1",
        "a base URL that selects the sandbox",
        "for clients that can set their base URL but not their token",
        "",
    ),
    (
        "/_assets",
        "uploaded files, placeholders and avatars",
        "asset URLs point there with --assets local",
        "",
    ),
    (
        "/, /dashboard",
        "web pages that show and do what the control API can",
        "outside /v1; they call /_sandbox and /v1 as any client does",
        "Stripe's dashboard, Mailpit",
    ),
    (
        "/openapi.json, /docs, /fidelity",
        "this contract, to read and to try out",
        "outside /v1, so no client calls them by accident",
        "",
    ),
    (
        "Prefer: code, delay, wait",
        "makes one request fail, be slow or wait for its deliveries; also ?__code=404",
        "only if a request asks for it",
        "Prism, RFC 7240",
    ),
    (
        "OPTIONS",
        "allows whatever a browser asks for before a request to /v1",
        "so that a web page can be tested against the sandbox",
        "Fetch",
    ),
    ("HEAD", "the response to GET, without its body", "HTTP requires it", "RFC 9110"),
)


def rows() -> Iterator[Row]:
    """Yield the rows by section, documented ones first; then the extensions."""
    for section in DOCUMENTED | DECIDED:
        for subject, statement in DOCUMENTED.get(section, {}).items():
            yield Row("rule", subject, "documented", statement, "", section)
        for subject, (statement, reason) in DECIDED.get(section, {}).items():
            yield Row("rule", subject, "decided", statement, reason, section)
    for subject, statement, reason, source in EXTENSIONS:
        yield Row("rule", subject, "extension", statement, reason, source)
