"""Actions of a script's people: planning each hour, and running each action when it is due."""

from __future__ import annotations

from mockserver.bots import responses
from mockserver.bots.context import BotContext, first_name
from mockserver.bots.script import DAY, HOUR, Group, Person
from mockserver.bots.state import PlannedAction
from mockserver.schema.schema import ValidatedInput
from mockserver.storage.collection import Record
from mockserver.storage.world import World

#: Factors of an hour's activity, each equally likely, for bursts and lulls. Their average is 1.
ACTIVITY_FACTORS = (0.1, 0.3, 0.6, 0.8, 1.0, 1.2, 1.6, 2.4)
#: Half of the messages follow so many seconds after another one.
FOLLOW_UP_AFTER = (20, 180)
#: Seconds from the start of a person's day until they are online, and from its end until offline.
ONLINE_AFTER, OFFLINE_AFTER = (0, 59), (0, 300)
#: Distance between the random numbers of two hours: more than there can be messages in one.
DRAWS_PER_HOUR = 1024


def plan_hour(context: BotContext, world: World, _: PlannedAction | None = None) -> None:
    """Plan the rest of the current hour. The plan does not depend on earlier hours."""
    now = world.clock.now()
    hour = context.local_time(now) // HOUR
    context.plan((hour + 1) * HOUR - context.script.utc_offset, "plan_hour")
    contacts = {
        username: contact_id
        for contact_id, username in context.state.people.items()
        if contact_id in world["contact"]
    }
    for person in context.script.people:
        if person.username in contacts:
            _plan_person(context, person, contacts[person.username], hour, now)
    for group in context.script.groups:
        for username in group.visitors:
            if username in contacts:
                person = context.people[username]
                _plan_visit(context, group, person, contacts[username], hour, now)
    queue = context.script.queue
    if queue is not None:
        for due in _event_times(context, queue.per_hour, "arrival", "", hour):
            if due >= now and queue.open.contains(context.local_time(due)):
                context.plan(due, "join_queue")


def _plan_person(context: BotContext, person: Person, contact_id: str, hour: int, now: int) -> None:
    name, offset, earliest = person.username, context.script.utc_offset, now
    if not person.awake.whole_day:
        start, end = person.awake.start_in(hour), person.awake.end_in(hour)
        if start is not None:
            due = start - offset + context.random.between(ONLINE_AFTER, "comes", name, hour)
            earliest = max(now, due)  # no message before the person is online
            if due >= now:
                context.plan(due, "come_online", contact_id)
        if end is not None:
            due = end - offset + context.random.between(OFFLINE_AFTER, "goes", name, hour)
            if due >= now:
                context.plan(due, "go_offline", contact_id)
    for due in _event_times(context, person.messages_per_hour, "hour", name, hour):
        if due >= earliest and context.is_awake(person, due):
            context.plan(due, "start_message", contact_id)


def _plan_visit(
    context: BotContext, group: Group, person: Person, contact_id: str, hour: int, now: int
) -> None:
    awake = (person.awake.end - person.awake.start) % DAY or DAY
    probability = group.visits_per_day * HOUR / max(HOUR, awake)
    name = f"{person.username} in {group.name}"
    if context.random.chance(probability, "visit", name, hour):
        number = context.random.number("moment", name, hour)
        due = hour * HOUR - context.script.utc_offset + number % HOUR
        if due >= now and context.is_awake(person, due):
            context.plan(due, "join", contact_id, group_id=context.state.groups[group.name])


def _event_times(
    context: BotContext, per_hour: float, stream: str, name: str, hour: int
) -> list[int]:
    """Return unsorted random times in an hour for events of an average rate."""
    random, start = context.random, hour * HOUR - context.script.utc_offset
    factors = ACTIVITY_FACTORS
    expected = per_hour * factors[random.number(f"{stream}.mood", name, hour) % len(factors)]
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


def mark_active(context: BotContext, world: World, planned: PlannedAction) -> None:
    """Begin or end a person's day."""
    if planned.contact_id in world["contact"]:
        context.simulator.active(world, ValidatedInput({"contact": planned.contact_id}))
        context.record(world, planned.action, planned.contact_id)


def start_message(context: BotContext, world: World, planned: PlannedAction) -> None:
    """Send an unprompted message to a group or to the user."""
    person = _available_person(context, world, planned)
    if person is None:
        return
    n = context.next_draw("place", person.username)
    conversation_id = _choose_conversation(context, world, planned.contact_id, person, n)
    text = context.unprompted_line(person, first_name(world, world.user_id))
    message = context.send_message(world, planned.contact_id, conversation_id, text)
    responses.on_message(context, world, message)


def answer(context: BotContext, world: World, planned: PlannedAction) -> None:
    """Answer a message, unless it was deleted."""
    if _postpone(context, world, planned):
        return
    contact_id, conversation_id = planned.contact_id, planned.conversation_id
    context.state.answering.discard((contact_id, conversation_id))
    if planned.message_id in world["message"] and context.is_participant(
        world, contact_id, conversation_id
    ):
        message = context.send_message(world, contact_id, conversation_id, planned.text)
        responses.on_message(context, world, message, planned.depth)


def read(context: BotContext, world: World, planned: PlannedAction) -> None:
    """Read the user's messages. Customers do so too."""
    if _postpone(context, world, planned):
        return
    if context.is_participant(world, planned.contact_id, planned.conversation_id):
        context.read(world, planned.contact_id, planned.conversation_id)
    else:
        context.state.unread.discard(planned.conversation_id)


def react(context: BotContext, world: World, planned: PlannedAction) -> None:
    """React to a message, unless it was deleted."""
    contact_id, message_id = planned.contact_id, planned.message_id
    person = _available_person(context, world, planned)
    if person is None or message_id not in world["message"]:
        return
    if context.is_participant(world, contact_id, planned.conversation_id):
        n = context.next_draw("reaction", person.username)
        number = context.random.number("reaction", person.username, n)
        reaction = person.reactions[number % len(person.reactions)]
        values = {"from": contact_id, "message_id": message_id, "reaction": reaction}
        context.simulator.react(world, ValidatedInput(values))
        context.record(world, "react", contact_id, planned.conversation_id, message_id, reaction)


def join(context: BotContext, world: World, planned: PlannedAction) -> None:
    """Join a group for a while, at most until the person's day ends."""
    contact_id, group_id = planned.contact_id, planned.group_id
    person, group = _available_person(context, world, planned), world["group"].get(group_id)
    if person is None or group is None or contact_id in group["contacts"]:
        return
    context.simulator.join(world, ValidatedInput({"contact": contact_id, "group_id": group_id}))
    context.record(world, "join", contact_id, group["conversation_id"])
    [visited] = [
        group for group in context.script.groups if context.state.groups[group.name] == group_id
    ]
    n, now = context.next_draw("stay", person.username), world.clock.now()
    stay = context.random.minutes(visited.stay_minutes, "stay", person.username, n)
    if not person.awake.whole_day:
        stay = min(stay, (person.awake.end - context.local_time(now)) % DAY)
    context.plan(now + stay, "leave", contact_id, group_id=group_id)


def leave(context: BotContext, world: World, planned: PlannedAction) -> None:
    """Leave a group after a visit."""
    contact_id, group = planned.contact_id, world["group"].get(planned.group_id)
    if group is not None and contact_id in group["contacts"] and contact_id in world["contact"]:
        context.simulator.leave(
            world, ValidatedInput({"contact": contact_id, "group_id": group["id"]})
        )
        context.record(world, "leave", contact_id, group["conversation_id"])


def _postpone(context: BotContext, world: World, planned: PlannedAction) -> bool:
    """Plan an action for the next morning if the person sleeps: the clock may have been set."""
    person, now = context.person_of(planned.contact_id), world.clock.now()
    if person is None or context.is_awake(person, now):
        return False
    due = context.next_awake(person, now, planned.number)
    context.plan(due, **{name: getattr(planned, name) for name in planned._fields[2:]})
    return True


def _available_person(context: BotContext, world: World, planned: PlannedAction) -> Person | None:
    """Return the person of an action if they exist in the world and are awake."""
    person = context.person_of(planned.contact_id)
    if person is None or planned.contact_id not in world["contact"]:
        return None
    return person if context.is_awake(person, world.clock.now()) else None


def _choose_conversation(
    context: BotContext, world: World, contact_id: str, person: Person, n: int
) -> str | None:
    """Return where a person writes; None if the message creates the conversation with them."""
    groups: list[Record] = [
        group
        for group_id in context.state.groups.values()
        if (group := world["group"].get(group_id)) is not None
        and contact_id in group["contacts"]
        and group["conversation_id"] is not None
    ]
    if not groups or context.random.chance(person.direct_share, "direct", person.username, n):
        direct: str | None = world["contact"][contact_id]["conversation_id"]
        return direct
    number = context.random.number("group", person.username, n)
    return str(groups[number % len(groups)]["conversation_id"])
