"""A run of a script in a world: it starts the bots, runs due actions and responds to changes."""

import logging
from collections.abc import Callable, Iterable
from copy import copy
from heapq import heapify, heappop, nsmallest
from typing import Any, Self

from mockserver.bots import actions, customers, responses
from mockserver.bots.context import BotContext, BotRandom
from mockserver.bots.script import Script
from mockserver.bots.state import PlannedAction, State
from mockserver.resources.base import ALL
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.schema import ValidatedInput
from mockserver.simulation.simulator import Simulator
from mockserver.storage.collection import Record
from mockserver.storage.world import Change, Event, World

MAX_NEXT = 10  # planned actions in the status

logger = logging.getLogger("mockserver")

#: A receiver of an action's events. None if there are no webhooks: then no event is rendered.
Publish = Callable[[Iterable[Event]], object] | None

Action = Callable[[BotContext, PlannedAction], None]
ACTIONS: dict[str, Action] = {
    "plan_hour": actions.plan_hour,
    "come_online": actions.mark_active,
    "go_offline": actions.mark_active,
    "start_message": actions.start_message,
    "answer": actions.answer,
    "read": actions.read,
    "react": actions.react,
    "join": actions.join,
    "leave": actions.leave,
    "join_queue": customers.join_queue,
    "speak": customers.speak,
    "wait": customers.wait,
    "leave_queue": customers.leave_queue,
    "delete_contact": customers.delete_contact,
}
#: Actions of one hour's plan, which is replaced when the clock is set.
HOURLY = ("plan_hour", "come_online", "go_offline", "start_message", "join", "join_queue")


class BotSession:
    """The bots of a script in a world. Callers hold the sandbox's lock."""

    def __init__(self, script: Script, seed: str, now: int) -> None:
        self.script = script
        self.seed = seed
        self.state = State(now)
        self._random = BotRandom(seed, script.name)
        self._simulator = Simulator(ResourceRegistry())

    @property
    def next_due(self) -> int | None:
        """The Unix time at which the next action is due, or None if no action is planned."""
        planned = self.state.planned
        return planned[0].due if planned else None

    def start(self, world: World, publish: Publish) -> None:
        """Create missing contacts and groups, and plan the rest of the hour."""
        self._run(_start, PlannedAction(world.clock.now(), 0, "start"), world, publish)

    def run_next(self, world: World, publish: Publish) -> list[dict[str, Any]]:
        """Run the earliest planned action, and return its log entries."""
        planned = heappop(self.state.planned)
        return self._run(ACTIONS[planned.action], planned, world, publish)

    def _run(
        self, action: Action, planned: PlannedAction, world: World, publish: Publish
    ) -> list[dict[str, Any]]:
        """Run an action in a transaction; return its log entries, or none if it fails."""
        context, state = self._context(world), self.state
        last, counts = state.transcript.last, state.counts.copy()
        world.begin(context.now)
        try:
            action(context, planned)
            if publish is not None:
                publish(world.commit().events)
            else:
                world.version += 1  # commit() would also render the events
            return context.log_entries
        except Exception:
            logger.exception("an action of the bot script '%s' failed", self.script.name)
            world.rollback()
            state.counts = counts
            state.transcript.truncate(last)
            return []
        finally:
            world.release()

    def on_changes(self, world: World, changes: Iterable[Change]) -> None:
        """Add the changes of a request to the transcript, and plan responses to them."""
        try:
            responses.on_changes(self._context(world), changes)
        except Exception:
            # The request itself has succeeded and must not fail because of the bots.
            logger.exception("the bot script '%s' failed to handle a change", self.script.name)

    def shift(self, world: World, seconds: int) -> None:
        """Move planned actions by as many seconds as the clock, and plan the new hour."""
        self.state.planned = [
            planned._replace(due=planned.due + seconds)
            for planned in self.state.planned
            if planned.action not in HOURLY
        ]
        heapify(self.state.planned)
        actions.plan_hour(self._context(world))

    def fork(self) -> Self:
        """Return an independent copy."""
        fork = copy(self)
        fork.state = self.state.fork()
        return fork

    def _context(self, world: World) -> BotContext:
        return BotContext(self.script, self._random, self._simulator, self.state, world)

    def to_dict(self, world: World) -> dict[str, Any]:
        """Return the status: the people, groups and customers, and the next actions."""
        context, state = self._context(world), self.state
        visible = [planned for planned in state.planned if planned.action != "plan_hour"]
        next_actions = [
            {"at": planned.due, "action": planned.action, "contact_id": planned.contact_id or None}
            for planned in nsmallest(MAX_NEXT, visible)
        ]
        return {
            "script": self.script.name,
            "seed": self.seed,
            "started_at": state.started_at,
            "people": [
                {
                    "username": person.username,
                    "contact_id": contact_id,
                    "name": context.name_of(contact_id),
                    "role": person.role,
                    "is_present": contact_id in world["contact"],
                    "is_awake": context.is_awake(person, context.now),
                }
                for contact_id in state.people
                if (person := context.person_of(contact_id)) is not None
            ],
            "groups": [
                {"name": name, "group_id": group_id, "is_present": group_id in world["group"]}
                for name, group_id in state.groups.items()
            ],
            "customers": [
                {
                    "contact_id": contact_id,
                    "name": context.name_of(contact_id),
                    "has_left": customer.has_left,
                }
                for contact_id, customer in state.customers.items()
            ],
            "counts": dict(sorted(state.counts.items())),
            "planned": len(visible),
            "next": next_actions,
        }


def _start(context: BotContext, _: PlannedAction) -> None:
    """Find the script's people and groups by name, create missing ones, and plan the hour."""
    contacts = _find_or_create_contacts(context)
    context.state.people = {contact_id: username for username, contact_id in contacts.items()}
    existing: dict[str, Record] = {}
    for record in context.world["group"].find(ALL):
        existing.setdefault(record["name"], record)
    resource = context.simulator.resources.groups
    for group in context.script.groups:
        values: Record = {"contacts": [contacts[username] for username in group.members]}
        if group.name in existing:
            record = existing[group.name]
            values["contacts"] = [*record["contacts"], *values["contacts"]]
            resource.update(context.world, record["id"], ValidatedInput(values))
        else:
            values |= {"name": group.name, "description": group.description}
            values["avatar_url"] = group.avatar_url
            record = resource.create(context.world, ValidatedInput(values))
        context.state.groups[group.name] = record["id"]
    actions.plan_hour(context)


def _find_or_create_contacts(context: BotContext) -> dict[str, str]:
    """Return the contact ids of the people by username. The user's contact is not used."""
    people = context.script.by_username
    contacts: dict[str, str] = {}
    for contact in context.world["contact"].find(ALL):
        if contact["username"] in people and contact["id"] != context.world.user_id:
            contacts.setdefault(contact["username"], contact["id"])
    for username, person in people.items():
        if username not in contacts:
            contacts[username] = context.create_contact(
                username=username,
                display_name=person.display_name,
                phone_number=person.phone_number or context.phone_number(username, 0),
                avatar_url=person.avatar_url,
            )
    return {username: contacts[username] for username in people}
