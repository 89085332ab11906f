"""What an hour brings: when who says something, comes and goes. It is planned as the hour begins,
and depends on nothing that was before it."""

from __future__ import annotations

from mockserver.bots.active_hours import HOUR
from mockserver.bots.context import BotContext
from mockserver.bots.scenario import Group, Person
from mockserver.storage.world import World

#: How lively an hour is, each as likely as the others: there are bursts and lulls. They average 1.
MOODS = (0.1, 0.3, 0.6, 0.8, 1.0, 1.2, 1.6, 2.4)
#: Some of what is said comes right after what was said before; so many seconds after it.
SOON = (20, 180)
#: How long after the first moment of their day somebody comes, and goes after the last; seconds.
COMES_AFTER, GOES_AFTER = (0, 59), (0, 300)
#: What one person does in an hour is drawn by numbers of its own: more than there can be.
ROOM = 1024


def plan(company: BotContext, world: World) -> None:
    """Plan what is left of this hour."""
    now = world.clock.now()
    hour = company.local(now) // HOUR
    company.plan((hour + 1) * HOUR - company.script.offset, "hour")
    contacts = {
        username: contact_id
        for contact_id, username in company.state.people.items()
        if contact_id in world["contact"]
    }
    for person in company.script.people:
        if person.username in contacts:
            _plan_person(company, person, contacts[person.username], hour, now)
    for group in company.script.groups:
        for username in group.visitors:
            if username in contacts:
                person = company.people[username]
                _plan_visit(company, group, person, contacts[username], hour, now)
    queue = company.script.queue
    if queue is not None:
        for moment in _moments(company, queue.an_hour, "arrival", "", hour):
            if moment >= now and queue.open.holds(company.local(moment)):
                company.plan(moment, "arrive")


def _plan_person(company: BotContext, person: Person, who: str, hour: int, now: int) -> None:
    name, offset, earliest = person.username, company.script.offset, now
    if not person.awake.whole_day:
        comes, goes = person.awake.starts_in(hour), person.awake.ends_in(hour)
        if comes is not None:
            due = comes - offset + company.dice.between(COMES_AFTER, "comes", name, hour)
            earliest = max(now, due)  # nobody speaks before they are there
            if due >= now:
                company.plan(due, "come", who)
        if goes is not None:
            due = goes - offset + company.dice.between(GOES_AFTER, "goes", name, hour)
            if due >= now:
                company.plan(due, "go", who)
    for moment in _moments(company, person.talkative, "hour", name, hour):
        if moment >= earliest and company.is_awake(person, moment):
            company.plan(moment, "say", who)


def _plan_visit(
    company: BotContext, group: Group, person: Person, who: str, hour: int, now: int
) -> None:
    awake = (person.awake.end - person.awake.start) % (24 * HOUR) or 24 * HOUR
    chance = group.visits * HOUR / max(HOUR, awake)
    stream = f"{person.username} in {group.name}"
    if company.dice.falls(chance, "visit", stream, hour):
        number = company.dice.number("moment", stream, hour)
        moment = hour * HOUR - company.script.offset + number % HOUR
        if moment >= now and company.is_awake(person, moment):
            company.plan(moment, "join", who, place=company.state.groups[group.name])


def _moments(company: BotContext, an_hour: float, what: str, who: str, hour: int) -> list[int]:
    """When something happens that does so about ``an_hour`` times; not in order."""
    dice, start = company.dice, hour * HOUR - company.script.offset
    expected = an_hour * MOODS[dice.number(f"{what}.mood", who, hour) % len(MOODS)]
    number = int(expected) + dice.falls(expected % 1, f"{what}.count", who, hour)
    moments: list[int] = []
    for n in range(number):
        drawn = dice.number(f"{what}.moment", who, hour * ROOM + n)
        if moments and drawn & 1:
            least, most = SOON
            moments.append(moments[-1] + least + (drawn >> 32) % (most - least + 1))
        else:
            moments.append(start + (drawn >> 32) % HOUR)
    return moments
