"""The plan of each hour for the people of a script, and the actions they run when due."""

from mockserver.bots import responses
from mockserver.bots.context import BotContext
from mockserver.bots.script import DAY, HOUR, Group, Person
from mockserver.bots.state import PlannedAction
from mockserver.schema.schema import ValidatedInput

#: Factors of an hour's activity, each equally likely, for bursts and lulls. Their average is 1.
ACTIVITY_FACTORS = (0.1, 0.3, 0.6, 0.8, 1.0, 1.2, 1.6, 2.4)
#: Half of the messages are follow-ups, sent within this span of seconds after another message.
FOLLOW_UP_AFTER = (20, 180)
#: Spans in seconds from the start of a person's day until they come online, and from its end until
#: they go offline.
ONLINE_AFTER, OFFLINE_AFTER = (0, 59), (0, 300)
#: Random numbers reserved for each hour: more than the maximum number of messages in an hour.
DRAWS_PER_HOUR = 1024


def plan_hour(context: BotContext, _: PlannedAction | None = None) -> None:
    """Plan the rest of the current hour, independently of earlier hours."""
    offset = context.script.offset
    hour = (context.now + offset) // HOUR
    context.plan((hour + 1) * HOUR - offset, "plan_hour")
    contacts = {
        username: contact_id
        for contact_id, username in context.state.people.items()
        if contact_id in context.world["contact"]
    }
    for person in context.script.people:
        if person.username in contacts:
            _plan_person(context, person, contacts[person.username], hour)
    for group in context.script.groups:
        for username in group.guests:
            if username in contacts:
                person = context.script.by_username[username]
                _plan_visit(context, group, person, contacts[username], hour)
    queue = context.script.queue
    if queue is not None:
        for due in _event_times(context, queue.per_hour, "arrival", "", hour):
            if queue.open.contains(due + offset):
                context.plan(due, "join_queue")


def _plan_person(context: BotContext, person: Person, contact_id: str, hour: int) -> None:
    name, awake = person.username, person.awake
    start = online = hour * HOUR - context.script.offset
    if awake.length < DAY and awake.start // HOUR == hour % 24:
        online = start + awake.start % HOUR
        online += context.random.between(ONLINE_AFTER, "comes", name, hour)
        context.plan(online, "come_online", contact_id)
    if awake.length < DAY and awake.end % DAY // HOUR == hour % 24:
        due = start + awake.end % HOUR + context.random.between(OFFLINE_AFTER, "goes", name, hour)
        context.plan(due, "go_offline", contact_id)
    for due in _event_times(context, person.messages_per_hour, "hour", name, hour):
        if due >= online and context.is_awake(person, due):
            context.plan(due, "start_message", contact_id)


def _plan_visit(
    context: BotContext, group: Group, person: Person, contact_id: str, hour: int
) -> None:
    probability = group.visits_per_day * HOUR / max(HOUR, person.awake.length)
    name = f"{person.username} in {group.name}"
    if context.random.chance(probability, "visit", name, hour):
        number = context.random.number("moment", name, hour)
        due = hour * HOUR - context.script.offset + number % HOUR
        if context.is_awake(person, due):
            context.plan(due, "join", contact_id, group_id=context.state.groups[group.name])


def _event_times(
    context: BotContext, per_hour: float, stream: str, name: str, hour: int
) -> list[int]:
    """Return unsorted random Unix times in a local hour, which is counted from 1970."""
    random, start = context.random, hour * HOUR - context.script.offset
    mood = random.number(f"{stream}.mood", name, hour)
    expected = per_hour * ACTIVITY_FACTORS[mood % len(ACTIVITY_FACTORS)]
    count = int(expected) + random.chance(expected % 1, f"{stream}.count", name, hour)
    times: list[int] = []
    for n in range(count):
        number = random.number(f"{stream}.moment", name, hour * DRAWS_PER_HOUR + n)
        if times and number & 1:
            minimum, maximum = FOLLOW_UP_AFTER
            times.append(times[-1] + minimum + (number >> 32) % (maximum - minimum + 1))
        else:
            times.append(start + (number >> 32) % HOUR)
    return times


def mark_active(context: BotContext, planned: PlannedAction) -> None:
    """Mark a person as active when their day begins or ends."""
    if planned.contact_id in context.world["contact"]:
        context.simulator.active(context.world, ValidatedInput({"contact": planned.contact_id}))
        context.record(planned.action, planned.contact_id)


def start_message(context: BotContext, planned: PlannedAction) -> None:
    """Send an unprompted message to a group or to the user."""
    person = _available_person(context, planned)
    if person is None:
        return
    conversation_id = _choose_conversation(context, planned.contact_id, person)
    text = context.unprompted_line(person, context.user_name)
    message = context.send_message(planned.contact_id, conversation_id, text)
    responses.on_message(context, message)


def answer(context: BotContext, planned: PlannedAction) -> None:
    """Answer a message, unless it was deleted."""
    if _postpone(context, planned):
        return
    contact_id, conversation_id = planned.contact_id, planned.conversation_id
    context.state.answering.discard((contact_id, conversation_id))
    exists = planned.message_id in context.world["message"]
    if exists and context.is_participant(contact_id, conversation_id):
        message = context.send_message(contact_id, conversation_id, planned.text)
        responses.on_message(context, message, planned.depth)


def read(context: BotContext, planned: PlannedAction) -> None:
    """Read the user's messages in a conversation."""
    if _postpone(context, planned):
        return
    if context.is_participant(planned.contact_id, planned.conversation_id):
        context.read(planned.contact_id, planned.conversation_id)
    else:
        context.state.unread.discard(planned.conversation_id)


def react(context: BotContext, planned: PlannedAction) -> None:
    """React to a message, unless it was deleted."""
    contact_id, message_id = planned.contact_id, planned.message_id
    person = _available_person(context, planned)
    if person is None or message_id not in context.world["message"]:
        return
    if context.is_participant(contact_id, planned.conversation_id):
        n = context.next_draw("reaction", person.username)
        number = context.random.number("reaction", person.username, n)
        reaction = person.reactions[number % len(person.reactions)]
        values = {"from": contact_id, "message_id": message_id, "reaction": reaction}
        context.simulator.react(context.world, ValidatedInput(values))
        target = {"conversation_id": planned.conversation_id, "message_id": message_id}
        context.record("react", contact_id, **target, text=reaction)


def join(context: BotContext, planned: PlannedAction) -> None:
    """Join a group, and plan to leave it after a while, at most until the person's day ends."""
    contact_id, group_id = planned.contact_id, planned.group_id
    person, group = _available_person(context, planned), context.world["group"].get(group_id)
    if person is None or group is None or contact_id in group["contacts"]:
        return
    body = ValidatedInput({"contact": contact_id, "group_id": group_id})
    context.simulator.join(context.world, body)
    context.record("join", contact_id, conversation_id=group["conversation_id"])
    [visited] = [
        group for group in context.script.groups if context.state.groups[group.name] == group_id
    ]
    n = context.next_draw("stay", person.username)
    stay = context.random.minutes(visited.stay_minutes, "stay", person.username, n)
    if person.awake.length < DAY:
        stay = min(stay, (person.awake.end - context.now - context.script.offset) % DAY)
    context.plan(context.now + stay, "leave", contact_id, group_id=group_id)


def leave(context: BotContext, planned: PlannedAction) -> None:
    contact_id, group = planned.contact_id, context.world["group"].get(planned.group_id)
    if group is not None and contact_id in group["contacts"]:
        body = ValidatedInput({"contact": contact_id, "group_id": group["id"]})
        context.simulator.leave(context.world, body)
        context.record("leave", contact_id, conversation_id=group["conversation_id"])


def _postpone(context: BotContext, planned: PlannedAction) -> bool:
    """Move an action to the next morning if the person is asleep; return whether it was moved."""
    person = context.person_of(planned.contact_id)
    if person is None or context.is_awake(person, context.now):
        return False
    # The person was awake at the planned time, but the clock has been set since.
    due = context.next_awake(person, context.now, planned.number)
    context.plan(due, **{name: getattr(planned, name) for name in planned._fields[2:]})
    return True


def _available_person(context: BotContext, planned: PlannedAction) -> Person | None:
    """Return the person of an action, or None if their contact was deleted or they are asleep."""
    person = context.person_of(planned.contact_id)
    if person is None or planned.contact_id not in context.world["contact"]:
        return None
    return person if context.is_awake(person, context.now) else None


def _choose_conversation(context: BotContext, contact_id: str, person: Person) -> str | None:
    """Return the conversation in which a person writes, or None if their message creates it."""
    n = context.next_draw("place", person.username)
    groups = [
        group["conversation_id"]
        for group_id in context.state.groups.values()
        if (group := context.world["group"].get(group_id)) is not None
        and contact_id in group["contacts"]
        and group["conversation_id"] is not None
    ]
    share = person.direct_share if person.username in context.script.in_groups else 1
    if not groups or context.random.chance(share, "direct", person.username, n):
        direct: str | None = context.world["contact"][contact_id]["conversation_id"]
        return direct
    return str(groups[context.random.number("group", person.username, n) % len(groups)])
