"""The queue of a script: customers write with a problem, wait for the user's answers, and leave.

Customers are ordinary contacts. Each is deleted some time after leaving, so that their number stays
within the queue's maximum.
"""

from mockserver.bots.context import BotContext
from mockserver.bots.script import Queue
from mockserver.bots.state import Customer, PlannedAction
from mockserver.resources.base import index_key
from mockserver.schema.schema import ValidatedInput
from mockserver.storage.collection import Record

#: Spans in seconds.
READS_AFTER = (2, 20)
THINKS_FOR = (5, 50)
LEAVES_AFTER = (3, 30)
#: The kinds of lines. A customer leaves after their thanks.
OPENING, FOLLOW_UP, THANKS = "opening", "follow_up", "thanks"


def join_queue(context: BotContext, planned: PlannedAction) -> None:
    """Create a customer, and plan their first line."""
    queue, customers = _queue(context), context.state.customers
    if len(customers) >= queue.maximum:
        return
    random, n = context.random, context.next_draw("stranger", "")
    name = queue.names[random.rotate(len(queue.names), "stranger.name", "", n)]
    contact_id = context.create_contact(
        username=f"{''.join(name.split())}{n + 1}",
        phone_number=context.phone_number("stranger", n),
        display_name=name,
    )
    problem = random.rotate(len(queue.problems), "problem", "", n)
    customers[contact_id] = Customer(n, problem)
    conversation_id = context.world["contact"][contact_id]["conversation_id"]
    context.record("join_queue", contact_id, conversation_id=conversation_id)
    openings = queue.problems[problem].openings
    line = openings[random.number("opens", "", n) % len(openings)]
    text = context.expand(line, context.user_name, "opens", "", n)
    _plan_line(context, contact_id, OPENING, text, thinking_time=0)


def on_message(context: BotContext, message: Record) -> None:
    """Plan a customer's response to a message of the user."""
    conversation_id = message["conversation_id"]
    conversation = context.world["conversation"].get(conversation_id)
    contact_id = "" if conversation is None else conversation["contact_id"] or ""
    customer = context.state.customers.get(contact_id)
    if customer is None or customer.has_left or message["contact"] != context.world.user_id:
        return
    if not context.has_capacity:
        return
    random = context.random
    customer = customer._replace(turn=customer.turn + 1, reminders=0)
    context.state.customers[contact_id] = customer
    n = customer.draw
    if conversation_id not in context.state.unread:
        context.state.unread.add(conversation_id)
        due = context.now + random.between(READS_AFTER, "stranger.reads", "", n)
        context.plan(due, "read", contact_id, conversation_id=conversation_id)
    queue = _queue(context)
    follow_ups = queue.problems[customer.problem].follow_ups
    if customer.follow_ups < len(follow_ups):
        kind, line = FOLLOW_UP, follow_ups[customer.follow_ups]
        text = context.expand(line, context.user_name, "follows", "", n)
    else:
        kind, text = THANKS, context.next_line(queue.thanks, "thanks", "", context.user_name)
    thinking_time = random.between(THINKS_FOR, "stranger.thinks", "", n)
    _plan_line(context, contact_id, kind, text, thinking_time)


def speak(context: BotContext, planned: PlannedAction) -> None:
    """Send a planned line, unless it is outdated."""
    contact_id, customer = planned.contact_id, _waiting_customer(context, planned)
    if customer is None:
        return
    message = context.send_message(contact_id, None, planned.text)
    follow_ups = customer.follow_ups + (planned.kind == FOLLOW_UP)
    customer = customer._replace(turn=customer.turn + 1, follow_ups=follow_ups)
    is_last = planned.kind == THANKS
    _wait_for_answer(context, contact_id, customer, message["conversation_id"], is_last=is_last)


def wait(context: BotContext, planned: PlannedAction) -> None:
    """Remind the user of a message without an answer, or give up after the last reminder."""
    contact_id, customer = planned.contact_id, _waiting_customer(context, planned)
    if customer is None:
        return
    queue, conversation_id = _queue(context), planned.conversation_id
    if not context.is_participant(contact_id, conversation_id):
        leave_queue(context, planned)  # the user has deleted the conversation
        return
    gives_up = customer.reminders >= len(queue.reminders)
    if gives_up:
        text = context.next_line(queue.gives_up, "gives_up", "", context.user_name)
    else:
        line = queue.reminders[customer.reminders]
        text = context.expand(line, context.user_name, "reminds", "", customer.draw)
    context.send_message(contact_id, conversation_id, text)
    customer = customer._replace(turn=customer.turn + 1, reminders=customer.reminders + 1)
    _wait_for_answer(context, contact_id, customer, conversation_id, is_last=gives_up)


def leave_queue(context: BotContext, planned: PlannedAction) -> None:
    """Leave the queue, and plan the deletion of the contact."""
    contact_id, customer = planned.contact_id, _waiting_customer(context, planned)
    if customer is None:
        return
    context.state.customers[contact_id] = customer._replace(has_left=True)
    context.simulator.active(context.world, ValidatedInput({"contact": contact_id}))
    context.record("leave_queue", contact_id, conversation_id=planned.conversation_id)
    span = _queue(context).delete_after_minutes
    after = context.random.minutes(span, "forgotten", "", customer.number)
    context.plan(context.now + after, "delete_contact", contact_id)


def delete_contact(context: BotContext, planned: PlannedAction) -> None:
    """Delete the contact of a customer who has left."""
    contact_id, world = planned.contact_id, context.world
    context.state.customers.pop(contact_id, None)
    contact = world["contact"].get(contact_id)
    if contact is not None:
        for conversation in world["conversation"].find(index_key("contact_id", contact_id)):
            context.forget_conversation(conversation["id"])
        context.simulator.resources.contacts.delete(world, contact_id)
        context.log("delete_contact", contact_id, contact["conversation_id"], None)


def _queue(context: BotContext) -> Queue:
    queue = context.script.queue
    assert queue is not None, "a script has customers only if it has a queue"
    return queue


def _waiting_customer(context: BotContext, planned: PlannedAction) -> Customer | None:
    """Return the customer of an action, or None if they were deleted or the action is outdated."""
    customer = context.state.customers.get(planned.contact_id)
    is_current = customer is not None and customer.turn == planned.turn
    return customer if is_current and planned.contact_id in context.world["contact"] else None


def _plan_line(
    context: BotContext, contact_id: str, kind: str, text: str, thinking_time: int
) -> None:
    turn = context.state.customers[contact_id].turn
    due = context.now + thinking_time + context.typing_seconds(text)
    context.plan(due, "speak", contact_id, kind=kind, text=text, turn=turn)


def _wait_for_answer(
    context: BotContext, contact_id: str, customer: Customer, conversation_id: str, *, is_last: bool
) -> None:
    """Store the customer's state; plan their departure after the last line, or else a reminder."""
    context.state.customers[contact_id] = customer
    if is_last:
        action = "leave_queue"
        after = context.random.between(LEAVES_AFTER, "part", "", customer.draw)
    else:
        action = "wait"
        span = _queue(context).patience_minutes
        after = context.random.minutes(span, "wait", "", customer.draw)
    turn, due = customer.turn, context.now + after
    context.plan(due, action, contact_id, conversation_id=conversation_id, turn=turn)
