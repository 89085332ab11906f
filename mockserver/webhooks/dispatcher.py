"""The webhook dispatcher of a sandbox: turns events into deliveries and sends them from threads.

First attempts go to each webhook in the order of events. Retries use a separate queue, so that
they never delay a first attempt. Each webhook has its own queues, so that a receiver that hangs
does not delay the other webhooks.
"""

import logging
import math
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import orjson

from mockserver.errors import InvalidRequest
from mockserver.storage.clock import SandboxTime
from mockserver.storage.wait_slots import Changes
from mockserver.storage.world import Event
from mockserver.webhooks import client
from mockserver.webhooks.delivery_queues import DeliveryQueues, RetryQueue
from mockserver.webhooks.log import DeliveryLog
from mockserver.webhooks.models import Attempt, Delivery, WebhookConfig
from mockserver.webhooks.registry import WebhookRegistry
from mockserver.webhooks.rules import DeliveryRules

GONE = 410

#: A function that waits until an event is set, for a limited time.
Sleep = Callable[[threading.Event], object]

logger = logging.getLogger("mockserver")


class WebhookDispatcher:
    """The webhooks of a sandbox, their deliveries, and the threads that send them. Thread-safe."""

    def __init__(
        self,
        sandbox: str,
        config: WebhookConfig,
        seed: str,
        time: SandboxTime,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._sandbox = sandbox
        self._config = config
        self._time = time
        #: Its lock guards all attributes below; it is notified of each change of a delivery.
        self.changes = Changes()
        self._queues = DeliveryQueues(self.changes)
        self._held: deque[Delivery] = deque()
        self.retries = RetryQueue(time, self.reschedule)
        self._closed = False
        self._numbers = count(1)
        self.registry = WebhookRegistry(seed, config.initial_webhooks)
        self.rules = DeliveryRules(seed)
        self.log = DeliveryLog(on_change)

    def dispatch(
        self, events: Iterable[Event], request_id: str | None = None
    ) -> Sequence[Delivery]:
        """Create and return a delivery for each event and each webhook subscribed to it.

        ``request_id`` is the journal's id of the request that caused the events, if any.
        """
        if self._closed or not self.registry.list():  # the usual case, without the lock
            return ()
        deliveries = []
        at = self._time.now()
        with self.changes:
            for event in events:
                webhooks = [
                    webhook for webhook in self.registry.list() if webhook.subscribes_to(event.type)
                ]
                # A copy: orjson's bytes occupy 4 KB or more, all of which the log would keep.
                body = bytes(memoryview(orjson.dumps(event._asdict()))) if webhooks else b""
                for webhook in webhooks:
                    if self.log.has_room:
                        number = next(self._numbers)
                        delivery = Delivery(
                            number, webhook, event.id, event.type, body, request_id, at
                        )
                        self.log.add(delivery)
                        self._apply_rule(delivery)
                        deliveries.append(delivery)
                    else:
                        self.log.evicted += 1
        return deliveries

    def close(self) -> None:
        """Stop sending, and end all waits. Attempts in progress finish but are not recorded."""
        with self.changes:
            self._closed = True
            self.drop_all()
            self.changes.end_waits()

    def drop_all(self) -> None:
        """Drop all unfinished deliveries; do not wait for attempts in progress."""
        with self.changes:
            self.flush_shuffled()
            self._queues.clear()
            self._held.clear()
            self.retries.clear()
            for delivery in self.log:
                if not delivery.is_final:
                    self._drop(delivery)
            self.changes.notify()

    def _drop(self, delivery: Delivery) -> None:
        delivery.state, delivery.due = "dropped", None
        self.log.touch(delivery)

    def _apply_rule(self, delivery: Delivery) -> None:
        """Enqueue a new delivery, or apply the first delivery rule that matches it."""
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
                    copy = replace(delivery, number=next(self._numbers), attempts=[])
                    self.log.add(copy)
                    self._enqueue(copy)
            case _:
                self._enqueue(delivery)
        self.log.touch(delivery)
        for shuffled in self.rules.pop_shuffled(delivery.number):
            self._enqueue(shuffled)

    def _enqueue(self, delivery: Delivery) -> None:
        delivery.state, delivery.due = "pending", None
        delivery.enqueued_at = self._time.now()
        kind = "later" if delivery.attempts else "first"
        self._queues.put(f"{delivery.webhook.id}-{kind}", delivery, self._attempt)

    def _attempt(self, delivery: Delivery) -> bool:
        """Attempt a delivery and record the outcome; return False if it was dropped instead."""
        with self.changes:
            webhook = self.registry.get(delivery.webhook.id)
            if self._closed or webhook is None or not webhook.enabled:
                self._drop(delivery)
                self.changes.notify()
                return False
        # On a real clock, the attempt may start well after it was enqueued. On another clock, the
        # time read here would depend on the speed of this thread.
        at = self._time.now() if self._time.is_real else delivery.enqueued_at
        attempt = client.attempt(delivery, webhook, self._sandbox, at, self._config)
        logger.debug("%s of %s to %s: %s", delivery.id, delivery.event_type, webhook.name, attempt)
        with self.changes:
            if not self._closed:
                size = delivery.size
                delivery.attempts.append(attempt)
                self.log.grow(delivery.size - size)
                self._apply_outcome(delivery, attempt)
                self.log.touch(delivery)
                self.changes.notify()
        return True

    def _apply_outcome(self, delivery: Delivery, attempt: Attempt) -> None:
        outcome, attempts = attempt.outcome, len(delivery.attempts)
        delivery.due = None
        if outcome.delivered:
            delivery.state = "delivered"
        elif outcome.status == GONE:
            delivery.state = "failed"
            if self.registry.get(delivery.webhook.id):
                self.registry.update(delivery.webhook.id, {"enabled": False})
        elif attempts <= len(self._config.retries):
            due = delivery.at + self._config.retries[attempts - 1]
            self._schedule(delivery, max(due, attempt.at + outcome.retry_after))
        else:
            delivery.state = "failed"

    def _schedule(self, delivery: Delivery, due: int) -> None:
        delivery.state = "retrying" if delivery.attempts else "pending"
        self.retries.add(delivery, due)

    def release(self, maximum: int) -> list[Delivery]:
        """Attempt up to ``maximum`` held deliveries, one after the other, and return them."""
        released: list[Delivery] = []
        while len(released) < maximum:
            with self.changes:
                if not self._held:
                    break
                delivery = self._held.popleft()
                delivery.state, delivery.enqueued_at = "pending", self._time.now()
            self._attempt(delivery)
            released.append(delivery)
        return released

    def redeliver(self, deliveries: Collection[Delivery]) -> None:
        """Enqueue finished deliveries again; raise ``InvalidRequest`` if any is unfinished."""
        with self.changes:
            for delivery in deliveries:
                if not delivery.is_final:
                    raise InvalidRequest(
                        f"'{delivery.id}' is {delivery.state}; "
                        "redeliver it once it is delivered, failed or dropped"
                    )
            for delivery in deliveries:
                self._enqueue(delivery)

    def redeliver_failed(self, since: int) -> list[Delivery]:
        """Enqueue the failed deliveries of events at or after ``since`` again; return them."""
        with self.changes:
            failed = [item for item in self.log if item.state == "failed" and item.at >= since]
            self.redeliver(failed)
            return failed

    def enqueue_due(self, now: int) -> None:
        """Enqueue the scheduled deliveries that are due at ``now``."""
        next_due = self.retries.next_due
        if next_due is not None and next_due <= now:  # seldom true, so the lock is seldom taken
            with self.changes:
                while (delivery := self.retries.pop(now)) is not None:
                    self._enqueue(delivery)
                self.retries.set_timer()

    def reschedule(self) -> None:
        """Enqueue the due deliveries and restart the timer after a change of the clock."""
        with self.changes:
            self.enqueue_due(self._time.now())
            self.retries.set_timer()

    def next_due_when_idle(self) -> int | None:
        """Return the time of the next retry, after waiting for attempts that may schedule one."""
        if self._queues.busy:
            self.changes.wait_for(
                lambda: not self._queues.busy, lambda event: event.wait(self._config.timeout)
            )
        return self.retries.next_due

    def pop_due(self, now: int) -> Delivery | None:
        """Remove and return the first scheduled delivery that is due at ``now``, if any."""
        with self.changes:
            delivery = self.retries.pop(now)
            if delivery is not None:
                delivery.enqueued_at = self._time.now()
            return delivery

    def attempt_due(self, delivery: Delivery) -> Iterator[dict[str, Any]]:
        """Attempt a delivery of ``pop_due``; yield its ``fired`` entry."""
        if self._attempt(delivery):
            yield delivery.to_fired()

    def flush_shuffled(self) -> None:
        """Enqueue all deliveries that a shuffle rule keeps back."""
        with self.changes:
            for delivery in self.rules.pop_shuffled(math.inf):
                self._enqueue(delivery)

    def wait_until_idle(self, sleep: Sleep) -> bool:
        """Wait until nothing is queued, being attempted, due or kept back by a shuffle rule."""

        def is_idle() -> bool:
            self.flush_shuffled()
            self.enqueue_due(self._time.now())
            return not self._queues.busy

        return self.changes.wait_for(is_idle, sleep)

    def wait_until_attempted(self, deliveries: Iterable[Delivery], sleep: Sleep) -> bool:
        """Wait until each of the deliveries was attempted, scheduled, held or dropped."""
        remaining = list(deliveries)

        def is_attempted() -> bool:
            while remaining and (remaining[-1].state != "pending" or remaining[-1].due):
                remaining.pop()
            return not remaining

        self.flush_shuffled()
        return self.changes.wait_for(is_attempted, sleep)
