"""Types of the JSON objects that the client's methods return, for annotations.

Times (``at``, ``now``, ``..._at``) are in Unix seconds on the sandbox's clock; ``ms`` is in real
milliseconds.
"""

# Do not postpone annotations: __required_keys__ would then include the NotRequired ones.
from typing import Any, NotRequired, TypedDict


class EmbeddedContactDict(TypedDict):
    """A contact inside a message or a group."""

    id: str
    username: str
    phone_number: str
    avatar_url: str | None
    last_active_at: int | None
    created_at: int


class ContactDict(EmbeddedContactDict):
    display_name: str | None
    conversation_id: str | None


class ConversationDict(TypedDict):
    id: str
    contact_id: str | None
    group_id: str | None
    pinned_message_id: str | None
    is_pinned: bool
    is_muted: bool
    last_active_at: int | None
    last_opened_at: int | None
    created_at: int
    archived_at: int | None


class GroupDict(TypedDict):
    id: str
    name: str
    description: str | None
    avatar_url: str | None
    conversation_id: str
    contacts: list[EmbeddedContactDict]
    created_at: int
    archived_at: int | None


class AttachmentDict(TypedDict):
    id: str
    message_id: str | None
    filename: str
    file_url: str
    file_type: str
    file_size: int
    created_at: int


class MessageDict(TypedDict):
    """A message; each of its ``reactions`` maps a reaction to usernames."""

    id: str
    conversation_id: str
    contact: EmbeddedContactDict
    message: str
    reactions: list[dict[str, list[str]]]
    attachments: list[AttachmentDict]
    read_at: int | None
    created_at: int
    updated_at: int | None


class EventDict(TypedDict):
    """An event as webhooks deliver it."""

    id: str
    type: str
    payload: dict[str, Any]


class DeletedDict(TypedDict):
    deleted: str


class RemovedDict(TypedDict):
    removed: int


class ClockDict(TypedDict):
    """The clock; only a real clock has a ``speed``."""

    mode: str
    now: int
    speed: NotRequired[int]


class FiredDict(TypedDict):
    """Work that fell due: a delivery's attempt, a bot's action or a rate-limit window's end."""

    at: int
    type: str
    delivery: NotRequired[str]
    webhook: NotRequired[str]
    event: NotRequired[str]
    attempt: NotRequired[int]
    state: NotRequired[str]
    contact: NotRequired[str]
    conversation: NotRequired[str | None]
    message: NotRequired[str | None]


class AdvanceDict(ClockDict):
    """The clock after an advance, with the work that fell due as ``fired``.

    ``unlisted`` is the number of entries beyond the first 10,000, which ``fired`` omits.
    ``pending`` is the number of deliveries still scheduled, the first at ``next_due``. ``left`` is
    the number of seconds still to pass if the clock stopped early: the work took over a minute, or
    the clock or the objects were replaced.
    """

    fired: list[FiredDict]
    pending: int
    next_due: int | None
    unlisted: int
    left: int


class RateLimitDict(TypedDict):
    """The rate limit; ``used`` counts the requests of the window that ends at ``reset``."""

    limit: int
    window_seconds: int
    clock: str
    used: int
    reset: int | None


class SandboxDict(TypedDict):
    """A sandbox; ``counts`` has the number of objects of each kind.

    ``faults`` is the number of fault rules that can still apply.
    """

    name: str
    seed: str
    clock: ClockDict
    counts: dict[str, int]
    snapshots: list[str]
    last_request: str | None
    faults: int
    rate_limit: RateLimitDict | None
    bots: str | None


class EndpointDict(TypedDict):
    method: str
    path: str
    about: str
    example: NotRequired[Any]


class ServerDict(TypedDict):
    version: str
    settings: dict[str, Any]
    sandboxes: list[SandboxDict]
    endpoints: list[EndpointDict]


class HealthDict(TypedDict):
    status: str
    version: str
    wants_token: bool
    wants_sandbox: bool


class ReadyDict(TypedDict):
    status: str
    fixtures: str


class FidelityDict(TypedDict):
    """A behaviour, and its basis: documented, decided or extension."""

    area: str
    subject: str
    basis: str
    statement: str
    reason: str
    source: str


class SnapshotDict(TypedDict):
    name: str


class StateDict(TypedDict):
    """The state of a sandbox, in the fixture format."""

    version: int
    now: int
    user: str
    clock: str
    speed: NotRequired[int]
    seed: str
    ids: dict[str, int]
    contacts: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    conversations: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    attachments: list[dict[str, Any]]
    departed: NotRequired[list[dict[str, Any]]]


class DeliveryRuleDict(TypedDict):
    events: list[str]
    action: dict[str, Any]


class CountersDict(TypedDict):
    world: int
    requests: int
    last_request: str | None
    strays: int
    deliveries: int
    webhooks: int
    delivery_rules: list[DeliveryRuleDict]
    received: int
    clock: ClockDict


class BaseRequestDict(TypedDict):
    """A journaled request; ``status`` is 0 if no response was sent."""

    id: str
    at: int
    method: str
    path: str
    query: dict[str, str | list[str]]
    operation: str
    status: int
    ms: float
    faults: list[dict[str, Any]]


class RequestDict(BaseRequestDict):
    """A request in a list: each change is a line of text, each event only its type."""

    changes: list[str]
    events: list[str]


class StrayDict(TypedDict):
    """A request that missed its sandbox; ``sandbox`` is 'default', or None if it reached none."""

    id: str
    method: str
    path: str
    query: dict[str, str | list[str]]
    operation: str
    status: int
    sandbox: str | None
    token: str
    reason: str


class StraysDict(TypedDict):
    """Requests that missed their sandbox, and ``advice`` on what to change."""

    evicted: int
    advice: list[str]
    data: list[StrayDict]


class AttributeChangeDict(TypedDict):
    before: Any
    after: Any


class ChangeDict(TypedDict):
    """A created or deleted ``object``, or the changed ``attributes`` of an updated one."""

    change: str
    kind: str
    id: str
    object: NotRequired[dict[str, Any]]
    attributes: NotRequired[dict[str, AttributeChangeDict]]


class HttpMessageDict(TypedDict):
    headers: dict[str, str]
    body: Any


class RequestDetailDict(BaseRequestDict):
    """A request with its response; ``curl`` is a command that repeats it."""

    changes: list[ChangeDict]
    events: list[EventDict]
    request: HttpMessageDict
    response: HttpMessageDict
    curl: str


class VerificationDict(TypedDict):
    """The result of a verification: the number and ids of the matching requests."""

    verified: bool
    count: int
    requests: list[str]


class JournaledEventDict(EventDict):
    """An event, and the id of the request that caused it."""

    request: str


class ChangesDict(TypedDict):
    """Net changes and events; ``evicted`` is the number of requests the journal has dropped."""

    evicted: int
    changes: list[ChangeDict]
    events: list[JournaledEventDict]


class LoggedEventDict(JournaledEventDict):
    at: int


class FaultRuleDict(TypedDict):
    id: str
    match: dict[str, Any]
    after: int
    times: int | None
    probability: float
    fault: dict[str, Any]
    matched: int
    applied: int


class RateLimitDeletedDict(TypedDict):
    deleted: bool


class WebhookDict(TypedDict):
    id: str
    name: str
    url: str
    events: list[str]
    secret: str
    enabled: bool


class BaseDeliveryDict(TypedDict):
    """A delivery, with the ``status`` and ``reason`` of its last attempt."""

    id: str
    webhook: str
    url: str
    event: str
    type: str
    request: str | None
    at: int
    state: str
    due: int | None
    status: int | None
    reason: str | None
    action: dict[str, Any] | None


class DeliveryDict(BaseDeliveryDict):
    """A delivery in a list, with the number of its attempts."""

    attempts: int


class DeliveryResponseDict(TypedDict):
    status: int
    headers: dict[str, str]
    body: str


class AttemptDict(TypedDict):
    """An attempt, which took ``ms``; ``reason`` and ``detail`` describe a failure."""

    at: int
    ms: float
    reason: str | None
    detail: str
    request: dict[str, dict[str, str]]
    response: DeliveryResponseDict | None


class DeliveryDetailDict(BaseDeliveryDict):
    """A delivery with its attempts and its body; ``raw`` is the text that is signed and sent."""

    attempts: list[AttemptDict]
    body: EventDict
    raw: str


class DeliveryWaitDict(TypedDict):
    settled: bool
    counts: dict[str, int]
    next_due: int | None
    matched: int
    evicted: int
    data: list[DeliveryDict]


class InboxAnswerDict(TypedDict):
    """An inbox's answer: a ``status``, or ``hang_up``; ``delay`` is in milliseconds."""

    status: NotRequired[int]
    hang_up: NotRequired[bool]
    delay: int


class InboxDict(TypedDict):
    name: str
    secret: str | None
    answers: list[InboxAnswerDict]
    received: int
    evicted: int


class InboxMessageDict(TypedDict):
    number: int
    at: int
    headers: dict[str, str]
    body: str
    event: Any
    verified: bool | None
    duplicate_of: int | None
    answer: InboxAnswerDict


class InboxDetailDict(InboxDict):
    data: list[InboxMessageDict]


class InboxWaitDict(TypedDict):
    verified: bool
    count: int
    data: list[InboxMessageDict]
    reason: NotRequired[str]


class ConversationSummaryDict(TypedDict):
    """A conversation as a messenger lists it."""

    conversation: ConversationDict
    kind: str
    title: str
    avatar_url: str | None
    user: ContactDict
    others: list[ContactDict]
    last_message: MessageDict | None
    unread: int


class ConversationPageDict(TypedDict):
    has_more: bool
    data: list[ConversationSummaryDict]


class MessagePageDict(TypedDict):
    has_more: bool
    data: list[MessageDict]


class BotPersonDict(TypedDict):
    username: str
    contact_id: str
    name: str
    role: str | None
    is_present: bool
    is_awake: bool


class BotGroupDict(TypedDict):
    name: str
    group_id: str
    is_present: bool


class BotCustomerDict(TypedDict):
    contact_id: str
    name: str
    has_left: bool


class PlannedActionDict(TypedDict):
    at: int
    action: str
    contact_id: str | None


class BotsDict(TypedDict):
    """The running bots; ``counts`` has past actions by type, ``next`` the first planned ones."""

    script: str
    seed: str
    started_at: int
    people: list[BotPersonDict]
    groups: list[BotGroupDict]
    customers: list[BotCustomerDict]
    counts: dict[str, int]
    planned: int
    next: list[PlannedActionDict]


class BotsStoppedDict(TypedDict):
    stopped: BotsDict


class TranscriptLineDict(TypedDict):
    id: str
    at: int
    action: str
    contact_id: str
    name: str
    conversation_id: str | None
    conversation_name: str | None
    message_id: str | None
    text: str | None
