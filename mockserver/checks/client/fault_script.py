"""What the client shall do, and what goes wrong meanwhile."""

from __future__ import annotations

from typing import Any

SANDBOX = "check-client"
CONVERSATION = "xgQQXg3hrtjh7AvZ"
CONTACT = {"username": "client-check", "phone_number": "1-800-237-8439"}
FILENAME, CONTENT = "client-check.txt", b"client check"
FIRST, SECOND = "client check one", "client check two"
FAILURES = 3
"""How often the list of conversations fails before it heals."""

PAGE = 5
"""How many contacts a page holds, whatever the limit."""

TASK = (
    "List all contacts, page by page to the end.",
    "List the groups; once.",
    "List the conversations; once.",
    f"Create a contact: username '{CONTACT['username']}', phone_number "
    f"'{CONTACT['phone_number']}'.",
    f"Upload the file '{FILENAME}' with the content '{CONTENT.decode()}'.",
    f"Send '{FIRST}' and then '{SECOND}' to the conversation {CONVERSATION}.",
    "List the attachments; once. Retrieve the first of them by its id.",
)


def faults(retry_after: int) -> list[dict[str, Any]]:
    """What goes wrong: with each operation one thing at most, so that each is judged by itself.

    ``retry_after`` is the seconds that a 429 asks for.
    """
    unavailable = {"type": "error", "status": 503}
    limited = {"type": "error", "status": 429, "retry_after": retry_after}
    return [
        _rule("contacts.list", {"type": "page_cap", "maximum": PAGE}),
        _rule("groups.list", limited, times=1),
        _rule("conversations.list", unavailable, times=FAILURES),
        # The first message is not sent, the second is: neither is answered.
        _rule("messages.create", {"type": "CONNECTION_RESET_BY_PEER"}, times=1),
        _rule("messages.create", {"type": "commit_then_drop"}, after=1, times=1),
        _rule("attachments.list", {"type": "schema_drift"}),
    ]


def _rule(operation: str, fault: dict[str, Any], **when: int) -> dict[str, Any]:
    return {"match": {"operation": operation}, "fault": fault, **when}
