"""What the people of a script do when its moment has come."""

from __future__ import annotations

from mockserver.bots import responses
from mockserver.bots.active_hours import DAY
from mockserver.bots.context import BotContext, first_name
from mockserver.bots.scenario import Person
from mockserver.bots.state import PlannedAction
from mockserver.schema.schema import Draft
from mockserver.storage.collection import Record
from mockserver.storage.world import World


def come(company: BotContext, world: World, deed: PlannedAction) -> None:
    """Begin the day."""
    if deed.who in world["contact"]:
        company.others.active(world, Draft({"contact": deed.who}))
        company.note(world, "come", deed.who)


def go(company: BotContext, world: World, deed: PlannedAction) -> None:
    """End it."""
    if deed.who in world["contact"]:
        company.others.active(world, Draft({"contact": deed.who}))
        company.note(world, "go", deed.who)


def say(company: BotContext, world: World, deed: PlannedAction) -> None:
    """Say something of their own accord: in a group, or to the user."""
    person = _awake(company, world, deed)
    if person is None:
        return
    n = company.turn("place", person.username)
    place = _place(company, world, deed.who, person, n)
    text = company.own_line(person, first_name(world, world.user_id))
    responses.hear(company, world, company.say(world, deed.who, place, text))


def answer(company: BotContext, world: World, deed: PlannedAction) -> None:
    """Answer a message, unless it is gone."""
    if _puts_off(company, world, deed):
        return
    company.state.busy.discard((deed.who, deed.place))
    if deed.about in world["message"] and company.has_place(world, deed.who, deed.place):
        said = company.say(world, deed.who, deed.place, deed.text)
        responses.hear(company, world, said, deed.depth)


def read(company: BotContext, world: World, deed: PlannedAction) -> None:
    """Read what the user has said; strangers do so too."""
    if _puts_off(company, world, deed):
        return
    if company.has_place(world, deed.who, deed.place):
        company.read(world, deed.who, deed.place)
    else:
        company.state.unread.discard(deed.place)


def react(company: BotContext, world: World, deed: PlannedAction) -> None:
    """React to a message, if it is there."""
    person = _awake(company, world, deed)
    if person is None or deed.about not in world["message"]:
        return
    if company.has_place(world, deed.who, deed.place):
        n = company.turn("reaction", person.username)
        number = company.dice.number("reaction", person.username, n)
        reaction = person.reactions[number % len(person.reactions)]
        values = {"from": deed.who, "message_id": deed.about, "reaction": reaction}
        company.others.react(world, Draft(values))
        company.note(world, "react", deed.who, deed.place, deed.about, reaction)


def join(company: BotContext, world: World, deed: PlannedAction) -> None:
    """Drop in on a group, for a while; who goes to bed leaves before."""
    person, group = _awake(company, world, deed), world["group"].get(deed.place)
    if person is None or group is None or deed.who in group["contacts"]:
        return
    company.others.join(world, Draft({"contact": deed.who, "group_id": group["id"]}))
    company.note(world, "join", deed.who, group["conversation_id"])
    [script] = [
        one for one in company.script.groups if company.state.groups[one.name] == deed.place
    ]
    n, now = company.turn("stay", person.username), world.clock.now()
    stay = company.dice.between(script.stay, "stay", person.username, n)
    if not person.awake.whole_day:
        local = company.local(now)
        stay = min(stay, (person.awake.end - local) % DAY)
    company.plan(now + stay, "leave", deed.who, place=deed.place)


def leave(company: BotContext, world: World, deed: PlannedAction) -> None:
    """Leave the group again."""
    group = world["group"].get(deed.place)
    if group is not None and deed.who in group["contacts"] and deed.who in world["contact"]:
        company.others.leave(world, Draft({"contact": deed.who, "group_id": group["id"]}))
        company.note(world, "leave", deed.who, group["conversation_id"])


def _puts_off(company: BotContext, world: World, deed: PlannedAction) -> bool:
    """Do it in the morning, where it has become night: the clock may have been set."""
    person, now = company.person(deed.who), world.clock.now()
    if person is None or company.is_awake(person, now):
        return False
    due = company.when_awake(person, now, deed.number)
    company.plan(due, **{name: getattr(deed, name) for name in deed._fields[2:]})
    return True


def _awake(company: BotContext, world: World, deed: PlannedAction) -> Person | None:
    """Who is to do it, if they are there and awake."""
    person = company.person(deed.who)
    if person is None or deed.who not in world["contact"]:
        return None
    return person if company.is_awake(person, world.clock.now()) else None


def _place(company: BotContext, world: World, who: str, person: Person, n: int) -> str | None:
    """Where somebody says something; None where that begins the conversation with them."""
    groups: list[Record] = [
        group
        for group_id in company.state.groups.values()
        if (group := world["group"].get(group_id)) is not None
        and who in group["contacts"]
        and group["conversation_id"] is not None
    ]
    if not groups or company.dice.falls(person.direct, "direct", person.username, n):
        direct: str | None = world["contact"][who]["conversation_id"]
        return direct
    number = company.dice.number("group", person.username, n)
    return str(groups[number % len(groups)]["conversation_id"])
