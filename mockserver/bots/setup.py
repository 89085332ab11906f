"""How a cast comes on stage: whoever is in the world already is found, the others are made."""

from __future__ import annotations

from mockserver.bots.context import BotContext
from mockserver.bots.visitors import phone_number
from mockserver.resources.base import ALL
from mockserver.schema.schema import Draft
from mockserver.storage.collection import Record
from mockserver.storage.world import World


def enter(company: BotContext, world: World) -> None:
    """Find or make the people and the groups of the script, with the events of the real thing."""
    people = _people(company, world)
    company.state.people = {contact_id: username for username, contact_id in people.items()}
    _groups(company, world, people)


def _people(company: BotContext, world: World) -> dict[str, str]:
    """The ids of their contacts, by username. Nobody plays the user, whatever they are called."""
    wanted = company.people
    found: dict[str, str] = {}
    for contact in world["contact"].find(ALL):
        if contact["username"] in wanted and contact["id"] != world.user_id:
            found.setdefault(contact["username"], contact["id"])
    for username, person in wanted.items():
        if username not in found:
            phone = phone_number(company, username, 0)
            draft = Draft({"phone_number": phone, **person.given})
            found[username] = company.others.resources.contacts.create(world, draft)["id"]
    return {username: found[username] for username in wanted}


def _groups(company: BotContext, world: World, people: dict[str, str]) -> None:
    groups, wanted = company.others.resources.groups, {one.name for one in company.script.groups}
    found: dict[str, Record] = {}
    for group in world["group"].find(ALL):
        if group["name"] in wanted:
            found.setdefault(group["name"], group)
    for script in company.script.groups:
        members = [people[username] for username in script.members]
        if script.name in found:
            there = found[script.name]
            together = Draft({"contacts": [*there["contacts"], *members]})
            shown = groups.update(world, there["id"], together)
        else:
            shown = groups.create(world, Draft({**script.given, "contacts": members}))
        company.state.groups[script.name] = shown["id"]
