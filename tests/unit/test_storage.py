"""The mapping by id, and adding many records at once."""

from __future__ import annotations

import random

from mockserver.resources.registry import ResourceRegistry
from mockserver.storage.clock import Clock
from mockserver.storage.cow_map import CaseInsensitiveIdMap
from mockserver.storage.ids import IdGenerator


def test_a_near_miss_is_the_first_id_that_differs_only_in_case() -> None:
    choose = random.Random(1)
    keys = ["".join(choose.choices("aAbB", k=4)) for _ in range(60)]
    maps = [CaseInsensitiveIdMap[int]()]
    for step in range(5000):
        ids, key, action = choose.choice(maps), choose.choice(keys), choose.random()
        if action < 0.3:
            ids[key] = step
        elif action < 0.5 and key in ids:
            del ids[key]
        elif action < 0.55:
            ids.update((other, step) for other in choose.choices(keys, k=3))
        elif action < 0.6 and len(maps) < 20:
            maps.append(ids.fork())
        else:
            same = sorted(known for known, _ in ids.items() if known.lower() == key.lower())
            assert ids.find_case_insensitive(key.swapcase()) == (same[0] if same else None), step


def test_adding_many_records_equals_adding_each() -> None:
    registry = ResourceRegistry()
    worlds = [registry.empty_world("user", Clock(0), IdGenerator("0")) for _ in range(2)]
    senders = ["a", "b", "c"]
    records = [
        {"id": f"{number}", "conversation_id": f"{number % 7}", "contact": senders[number % 3]}
        for number in range(100)
    ]
    first, second = (world["message"] for world in worlds)
    for record in records:
        first.add(record)
    second.extend(records[:40])
    fork = second.fork()
    second.extend(records[40:])
    second.extend([])
    for key in {key for record in records for key in registry.messages.keys(record)}:
        assert list(second.find(key)) == list(first.find(key))
    assert [second.sequence_number(record["id"]) for record in records] == list(range(1, 101))
    assert (len(fork), len(second)) == (40, 100)
