"""The outbox of a sandbox: events go in under its lock, and out in order by threads of their own.

First attempts go out in order, one after the other for each webhook; retries hold nothing up.
Every webhook has lanes of its own, so that a receiver that hangs keeps nobody else waiting.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any, Literal

import orjson

from mockserver.errors import InvalidRequest
from mockserver.storage.world import Event
from mockserver.webhooks.attempt import GONE, Attempt
from mockserver.webhooks.config import WebhookConfig
from mockserver.webhooks.delivery import Delivery
from mockserver.webhooks.delivery_queues import DeliveryQueues, QueueKey
from mockserver.webhooks.log import DeliveryLog
from mockserver.webhooks.progress import Progress, never
from mockserver.webhooks.registry import WebhookRegistry
from mockserver.webhooks.request import post
from mockserver.webhooks.retry_queue import RetryQueue, SandboxTime
from mockserver.webhooks.rules import DeliveryInterceptor


class WebhookDispatcher:
    """Webhooks, their deliveries, and the threads that make them. Safe for threads."""

    def __init__(self, name: str, terms: WebhookConfig, seed: str, present: SandboxTime) -> None:
        self._name = name
        self._terms = terms
        self._present = present
        # Guards all that follows; notified whenever a delivery has got any further.
        self._moved = Progress()
        self._lanes = DeliveryQueues(self._moved)
        self._held: deque[Delivery] = deque()
        self._agenda = RetryQueue(present)
        self._closed = False
        self._numbers = count(1)
        self.registry = WebhookRegistry(seed, terms.given)
        self.rules = DeliveryInterceptor(seed)
        self.log = DeliveryLog()

    # in

    def dispatch(self, events: Iterable[Event], request_id: str | None, at: int) -> None:
        """Have every webhook that listens told of these events, which happened at ``at``.

        ``request_id`` is the journal's, None where no request has caused them.
        """
        if self._closed or not self.registry.list():  # as nearly always
            return
        with self._moved:
            for event in events:
                told = [each for each in self.registry.list() if each.listens(event.type)]
                body = orjson.dumps(event._asdict()) if told else b""
                for webhook in told:
                    if self.log.has_room:
                        number = next(self._numbers)
                        delivery = Delivery(
                            number, webhook, event.id, event.type, body, request_id, at
                        )
                        self.log.add(delivery)
                        self._apply_rule(delivery)
                    else:
                        self.log.evicted += 1

    def close(self) -> None:
        """Send nothing any more; what is under way ends unheard."""
        with self._moved:
            self._closed = True
            self.drop_all()

    def drop_all(self) -> None:
        """Send nothing of what is still on its way; what is under way is not waited for."""
        with self._moved:
            self._flush_shuffled()
            self._lanes.clear()
            self._held.clear()
            self._agenda.clear()
            for each in self.log:
                if not each.is_done:
                    each.state, each.due = "dropped", None
                    self.log.touch(each)
            self._moved.notify_all()

    def _apply_rule(self, delivery: Delivery) -> None:
        """Enqueue the delivery, or apply the first rule that matches."""
        delivery.action = self.rules.action(delivery.event_type)
        match delivery.action:
            case {"type": "hold"}:
                delivery.state = "held"
                self._held.append(delivery)
            case {"type": "drop"}:
                delivery.state = "dropped"
            case {"type": "delay", "seconds": seconds}:
                self._schedule(delivery, delivery.at + seconds)
            case {"type": "shuffle", "window": window}:
                self.rules.shuffle(delivery, window)
            case {"type": "duplicate", "times": times}:
                self._enqueue(delivery)
                for _ in range(times):
                    twin = replace(delivery, number=next(self._numbers), attempts=[])
                    self.log.add(twin)
                    self._enqueue(twin)
            case _:
                self._enqueue(delivery)
        self.log.touch(delivery)
        for each in self.rules.pop_shuffled(delivery.number):
            self._enqueue(each)

    # out

    def _enqueue(self, delivery: Delivery) -> None:
        delivery.state, delivery.due = "pending", None
        delivery.enqueued_at = self._present.now()
        kind: Literal["first", "later"] = "later" if delivery.attempts else "first"
        self._lanes.put(QueueKey(delivery.webhook.id, kind), delivery, self._try)

    def _try(self, delivery: Delivery) -> bool:
        """Make an attempt, without the lock; then say what follows from it. False where none was
        made, since nobody is there to be told any more."""
        with self._moved:
            webhook = self.registry.get(delivery.webhook.id)
            if self._closed or webhook is None or not webhook.enabled:
                delivery.state, delivery.due = "dropped", None
                self.log.touch(delivery)
                self._moved.notify_all()
                return False
        # Where time passes by itself, it may take a while to get here; elsewhere it takes none,
        # or the same run would not always give the same log.
        at = self._present.now() if self._present.is_real else delivery.enqueued_at
        attempt = post(delivery, webhook, self._name, at, self._terms)
        with self._moved:
            if not self._closed:
                before = delivery.size
                delivery.attempts.append(attempt)
                self.log.grow(delivery.size - before)
                self._apply_outcome(delivery, attempt)
                self.log.touch(delivery)
                self._moved.notify_all()
        return True

    def _apply_outcome(self, delivery: Delivery, attempt: Attempt) -> None:
        outcome, tried = attempt.outcome, len(delivery.attempts)
        delivery.due = None
        if outcome.delivered:
            delivery.state = "delivered"
        elif outcome.status == GONE:
            delivery.state = "failed"
            self.registry.disable(delivery.webhook.id)
        elif tried <= len(self._terms.retries):
            due = delivery.at + self._terms.retries[tried - 1]
            self._schedule(delivery, max(due, attempt.at + outcome.retry_after))
        else:
            delivery.state = "failed"

    def _schedule(self, delivery: Delivery, due: int) -> None:
        delivery.state = "retrying" if delivery.attempts else "pending"
        self._agenda.add(delivery, due, self.reschedule)

    def release(self, number: int) -> list[Delivery]:
        """Let go of so many deliveries that are held, one at a time and in order; returns them
        when their first attempts are done."""
        gone: list[Delivery] = []
        while len(gone) < number:
            with self._moved:
                if not self._held:
                    break
                delivery = self._held.popleft()
                delivery.state, delivery.enqueued_at = "pending", self._present.now()
            self._try(delivery)
            gone.append(delivery)
        return gone

    def redeliver(self, deliveries: Collection[Delivery]) -> None:
        """Line these up once more; raises ``InvalidRequest`` where one is still on its way, and
        then none is."""
        with self._moved:
            for each in deliveries:
                if not each.is_done:
                    raise InvalidRequest(f"'{each.id}' is {each.state}; it is on its way already")
            for each in deliveries:
                self._enqueue(each)

    def redeliver_failed(self, since: int) -> list[Delivery]:
        """Line up once more all that have failed of events since a moment; returns them."""
        with self._moved:
            failed = [each for each in self.log if each.state == "failed" and each.at >= since]
            for each in failed:
                self._enqueue(each)
            return failed

    # time

    @property
    def next_due(self) -> int | None:
        """When the next attempt is due that waits for its moment, in Unix time."""
        return self._agenda.next_due

    @property
    def scheduled_count(self) -> int:
        """How many deliveries wait for their moment."""
        return len(self._agenda)

    def enqueue_due(self, now: int) -> None:
        """Have done, by and by, what is due at ``now``."""
        next_due = self._agenda.next_due
        if next_due is not None and next_due <= now:  # as hardly ever
            with self._moved:
                while (delivery := self._agenda.pop(now)) is not None:
                    self._enqueue(delivery)
                self._agenda.set_alarm(self.reschedule)

    def reschedule(self) -> None:
        """The clock was set, or an alarm has rung: have done what is due by now."""
        with self._moved:
            self.enqueue_due(self._present.now())
            self._agenda.set_alarm(self.reschedule)

    def next_due_when_idle(self) -> int | None:
        """When the next attempt is due, once nothing is under way that may yet lead to one."""
        if self._lanes.busy:
            self.wait_for(lambda: not self._lanes.busy, self._terms.seconds)
        return self._agenda.next_due

    def run_due(self, now: int) -> Iterator[dict[str, Any]]:
        """Make, at once, the first attempt that is due by ``now``; tells of it."""
        with self._moved:
            delivery = self._agenda.pop(now)
        if delivery is not None:
            delivery.enqueued_at = self._present.now()
            if self._try(delivery):
                yield delivery.fired()

    def flush_shuffled(self) -> None:
        """Line up the deliveries that a shuffle rule keeps back."""
        with self._moved:
            self._flush_shuffled()

    # waiting

    def wait_for(
        self, holds: Callable[[], bool], seconds: float, is_over: Callable[[], bool] = never
    ) -> bool:
        """Wait until ``holds``, which is asked whenever a delivery has got any further; whether
        it came to that within ``seconds``, and before ``is_over``."""
        return self._moved.wait_until(holds, seconds, is_over)

    def wait_until_idle(self, seconds: float, is_over: Callable[[], bool]) -> bool:
        """Wait, as above, until nothing is under way, nothing due and nothing mixed up."""

        def idle() -> bool:
            self._flush_shuffled()
            self.enqueue_due(self._present.now())
            return not self._lanes.busy

        return self.wait_for(idle, seconds, is_over)

    def wait_until_attempted(
        self, request_id: str, seconds: float, is_over: Callable[[], bool]
    ) -> bool:
        """Wait, as above, until each delivery that a request has set off was tried, or is held."""
        mine = [each for each in self.log if each.request_id == request_id]
        with self._moved:
            self._flush_shuffled()
        return self.wait_for(
            lambda: all(each.state != "pending" or each.due for each in mine), seconds, is_over
        )

    def _flush_shuffled(self) -> None:
        for each in self.rules.pop_shuffled(math.inf):
            self._enqueue(each)
