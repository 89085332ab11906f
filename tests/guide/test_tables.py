"""The tables of the guide name everything that they are about."""

from __future__ import annotations

from mockserver.faults.rules import FAULT_TYPES
from mockserver.web.control.simulate import routes
from mockserver.webhooks.rules import ACTIONS
from tests.guide.snippets import GUIDE, guide_page


def test_every_page_is_in_the_index() -> None:
    index = guide_page("index").text
    pages = sorted(path.name for path in GUIDE.glob("*.md") if path.name != "index.md")
    assert [name for name in pages if f"({name})" not in index] == []


def test_every_fault_type_is_in_the_table() -> None:
    assert sorted(guide_page("faults").table("Types of faults")) == sorted(["type", *FAULT_TYPES])


def test_every_delivery_rule_is_in_the_table() -> None:
    table = guide_page("webhooks").table("Hold, drop, delay and reorder")
    assert sorted(table) == sorted(["type", *ACTIONS])


def test_every_simulated_action_is_in_the_table() -> None:
    text = guide_page("simulate").text
    for route in routes:
        assert f"`{route.path.rpartition('/')[2]}`" in text
