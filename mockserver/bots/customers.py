"""The queue of a script: customers write with a problem, wait for the user's answers, and leave.

Customers are ordinary contacts. They are deleted some time after they have left, so that their
number stays within the script's maximum.
"""

from __future__ import annotations

from mockserver.bots.context import BotContext, first_name
from mockserver.bots.script import Queue
from mockserver.bots.state import Customer, PlannedAction
from mockserver.resources.base import index_key
from mockserver.schema.schema import ValidatedInput
from mockserver.storage.collection import Record
from mockserver.storage.world import World

#: Spans in seconds.
READS_AFTER = (2, 20)
THINKS_FOR = (5, 50)
LEAVES_AFTER = (3, 30)
#: The kinds of lines. After one of the last two, the customer leaves.
OPENING, FOLLOW_UP, THANKS, GIVES_UP = "opening", "follow_up", "thanks", "gives_up"


def join_queue(context: BotContext, world: World, planned: PlannedAction) -> None:
    """Create a customer and have them type their first line."""
    queue, customers = _queue(context), context.state.customers
    if len(customers) >= queue.maximum:
        return
    random, n = context.random, context.next_draw("stranger", "")
    name = queue.names[random.rotate(len(queue.names), "stranger.name", "", n)]
    draft = ValidatedInput(
        {
            "username": f"{''.join(name.split())}{n + 1}",
            "phone_number": phone_number(context, "stranger", n),
            "display_name": name,
        }
    )
    contact_id = context.simulator.resources.contacts.create(world, draft)["id"]
    problem = random.rotate(len(queue.problems), "problem", "", n)
    customers[contact_id] = Customer(n, problem)
    context.record(world, "join_queue", contact_id, world["contact"][contact_id]["conversation_id"])
    openings = queue.problems[problem].openings
    line = openings[random.number("opens", "", n) % len(openings)]
    text = context.expand(line, _user_name(world), "opens", "", n)
    _plan_line(context, world, contact_id, OPENING, text, thinking_time=0)


def on_message(context: BotContext, world: World, message: Record) -> None:
    """Plan a customer's response to a message of the user."""
    conversation_id = message["conversation_id"]
    conversation = world["conversation"].get(conversation_id)
    contact_id = "" if conversation is None else conversation["contact_id"] or ""
    customer = context.state.customers.get(contact_id)
    if customer is None or customer.has_left or message["contact"] != world.user_id:
        return
    if not context.has_capacity:
        return
    random = context.random
    customer = customer._replace(turn=customer.turn + 1, reminders=0)
    context.state.customers[contact_id] = customer
    n = customer.draw
    if conversation_id not in context.state.unread:
        context.state.unread.add(conversation_id)
        after = random.between(READS_AFTER, "stranger.reads", "", n)
        due = world.clock.now() + after
        context.plan(due, "read", contact_id, conversation_id=conversation_id)
    queue = _queue(context)
    follow_ups = queue.problems[customer.problem].follow_ups
    if customer.follow_ups < len(follow_ups):
        kind, line = FOLLOW_UP, follow_ups[customer.follow_ups]
        text = context.expand(line, _user_name(world), "follows", "", n)
    else:
        kind, text = THANKS, context.next_line(queue.thanks, "thanks", "", _user_name(world))
    thinking_time = random.between(THINKS_FOR, "stranger.thinks", "", n)
    _plan_line(context, world, contact_id, kind, text, thinking_time)


def speak(context: BotContext, world: World, planned: PlannedAction) -> None:
    """Send a typed line, unless it is outdated."""
    contact_id, customer = planned.contact_id, _waiting_customer(context, world, planned)
    if customer is None:
        return
    message = context.send_message(world, contact_id, planned.conversation_id or None, planned.text)
    context.state.customers[contact_id] = customer._replace(
        turn=customer.turn + 1,
        follow_ups=customer.follow_ups + (planned.kind == FOLLOW_UP),
    )
    is_last = planned.kind in (THANKS, GIVES_UP)
    _plan_wait(context, world, contact_id, message["conversation_id"], is_last=is_last)


def wait(context: BotContext, world: World, planned: PlannedAction) -> None:
    """Remind the user, or give up after the last reminder."""
    contact_id, customer = planned.contact_id, _waiting_customer(context, world, planned)
    if customer is None:
        return
    queue, conversation_id = _queue(context), planned.conversation_id
    if not context.is_participant(world, contact_id, conversation_id):
        leave_queue(context, world, planned)  # the user has deleted the conversation
        return
    gives_up = customer.reminders >= len(queue.reminders)
    if gives_up:
        text = context.next_line(queue.gives_up, "gives_up", "", _user_name(world))
    else:
        line = queue.reminders[customer.reminders]
        text = context.expand(line, _user_name(world), "reminds", "", customer.draw)
    context.send_message(world, contact_id, conversation_id, text)
    context.state.customers[contact_id] = customer._replace(
        turn=customer.turn + 1,
        reminders=customer.reminders + (not gives_up),
    )
    _plan_wait(context, world, contact_id, conversation_id, is_last=gives_up)


def leave_queue(context: BotContext, world: World, planned: PlannedAction) -> None:
    """Leave. The contact is deleted later."""
    contact_id, customer = planned.contact_id, _waiting_customer(context, world, planned)
    if customer is None:
        return
    context.state.customers[contact_id] = customer._replace(has_left=True)
    context.simulator.active(world, ValidatedInput({"contact": contact_id}))
    context.record(world, "leave_queue", contact_id, planned.conversation_id)
    span = _queue(context).delete_after_minutes
    after = context.random.minutes(span, "forgotten", "", customer.number)
    context.plan(world.clock.now() + after, "delete_contact", contact_id)


def delete_contact(context: BotContext, world: World, planned: PlannedAction) -> None:
    """Delete the contact of a customer who has left."""
    contact_id = planned.contact_id
    context.state.customers.pop(contact_id, None)
    contact = world["contact"].get(contact_id)
    if contact is not None:
        for conversation in world["conversation"].find(index_key("contact_id", contact_id)):
            context.forget_conversation(conversation["id"])
        context.simulator.resources.contacts.delete(world, contact_id)
        context.log(world, "delete_contact", contact_id, contact["conversation_id"], None)


def phone_number(context: BotContext, stream: str, n: int) -> str:
    """Return a phone number of the range reserved for fiction."""
    return f"1-555-01{context.random.number('phone', stream, n) % 100:02}"


def _queue(context: BotContext) -> Queue:
    queue = context.script.queue
    assert queue is not None, "a script has customers only if it has a queue"
    return queue


def _user_name(world: World) -> str:
    return first_name(world, world.user_id)


def _waiting_customer(context: BotContext, world: World, planned: PlannedAction) -> Customer | None:
    """Return the customer of an action, or None if they are gone or the action is outdated."""
    customer = context.state.customers.get(planned.contact_id)
    is_current = customer is not None and customer.turn == planned.turn
    return customer if is_current and planned.contact_id in world["contact"] else None


def _plan_line(
    context: BotContext,
    world: World,
    contact_id: str,
    kind: str,
    text: str,
    thinking_time: int,
) -> None:
    turn = context.state.customers[contact_id].turn
    due = world.clock.now() + thinking_time + context.typing_seconds(text)
    context.plan(due, "speak", contact_id, kind=kind, text=text, turn=turn)


def _plan_wait(
    context: BotContext, world: World, contact_id: str, conversation_id: str, *, is_last: bool
) -> None:
    """Plan what follows if the user does not answer: to leave after a last line, or to remind."""
    customer, queue = context.state.customers[contact_id], _queue(context)
    if is_last:
        action = "leave_queue"
        after = context.random.between(LEAVES_AFTER, "part", "", customer.draw)
    else:
        action = "wait"
        after = context.random.minutes(queue.patience_minutes, "wait", "", customer.draw)
    due = world.clock.now() + after
    context.plan(due, action, contact_id, conversation_id=conversation_id, turn=customer.turn)
