"""The State card: export and import."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Client
from tests.external.dashboard.conftest import expect
from tests.external.dashboard.console_errors import expect_console_errors
from tests.external.dashboard.controls.page import FRANK, HOSTILE, notices, open_page

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


def test_the_state_is_exported_and_imported(visit: Visit, client: Client, tmp_path: Path) -> None:
    page = open_page(visit)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    name = f"{client.token.removeprefix('sandbox_')}.json"
    assert download.value.suggested_filename == name
    file = tmp_path / name
    download.value.save_as(file)
    assert json.loads(file.read_text("utf-8")) == client.get("/_sandbox/state").json
    client.delete(FRANK)
    page.get_by_label("Fixtures file").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(notices(page)).to_contain_text("the snapshot before-import has the state before")
    assert client.get(FRANK).status == 200
    expect(page.locator("#snapshots .name")).to_have_text(["before-import"])
    client.post("/_sandbox/snapshots/before-import/restore", json={})
    assert client.get(FRANK).status == 404


def test_a_second_import_keeps_the_first_backup(
    visit: Visit, client: Client, tmp_path: Path
) -> None:
    client.put("/_sandbox/snapshots/before-import", json={})
    file = tmp_path / "state.json"
    file.write_text(json.dumps(client.get("/_sandbox/state").json))
    page = open_page(visit)
    expect(page.locator("#snapshots .name")).to_have_count(1)
    page.get_by_label("Fixtures file").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#snapshots .name")).to_have_text(["before-import", "before-import-2"])


def test_an_import_can_skip_the_backup(visit: Visit, client: Client, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps(client.get("/_sandbox/state").json))
    page = open_page(visit)
    page.get_by_label("Fixtures file").set_input_files(file)
    page.get_by_label("Take the snapshot before-import first").uncheck()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(notices(page)).to_contain_text("Imported state.json.")
    assert client.get("/_sandbox/snapshots").json["data"] == []


def test_an_invalid_import_lists_problems_and_changes_nothing(
    visit: Visit, client: Client, tmp_path: Path
) -> None:
    state = client.get("/_sandbox/state").json
    state["contacts"][1]["username"] = 7
    state["contacts"][2]["id"] = HOSTILE
    state[HOSTILE] = []
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(state))
    before = client.get("/_sandbox/state").json
    page = open_page(visit)
    page.get_by_label("Fixtures file").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    refusal = page.locator("#import .action-error")
    expect(refusal).to_contain_text("contacts[1].username")
    expect(refusal).to_contain_text(HOSTILE)
    assert refusal.locator("li").count() >= 2
    assert client.get("/_sandbox/state").json == before
    assert client.get("/_sandbox/snapshots").json["data"] == []
    assert page.locator("img[src=x]").count() == 0
    expect_console_errors(visit, 400)


@pytest.mark.parametrize(
    ("text", "problem"), [("{broken", "broken.json is not valid JSON"), (HOSTILE, HOSTILE[:4])]
)
def test_an_import_of_invalid_json_is_refused(
    visit: Visit, client: Client, tmp_path: Path, text: str, problem: str
) -> None:
    file = tmp_path / "broken.json"
    file.write_text(text)
    page = open_page(visit)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#import .action-error")).to_have_text("choose a file")
    page.get_by_label("Fixtures file").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#import .action-error")).to_contain_text(problem)
    assert client.get("/_sandbox/snapshots").json["data"] == []
