"""The state goes out as a file, and comes back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Client
from tests.external.dashboard.conftest import expect
from tests.external.dashboard.console_errors import expect_console_errors
from tests.external.dashboard.controls.panel import FRANK, HOSTILE, notices, open_panel

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


def test_the_state_goes_out_as_a_file_and_comes_back(
    visit: Visit, client: Client, tmp_path: Path
) -> None:
    page = open_panel(visit)
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


def test_a_second_import_does_not_forget_what_was_before_the_first(
    visit: Visit, client: Client, tmp_path: Path
) -> None:
    client.put("/_sandbox/snapshots/before-import", json={})
    file = tmp_path / "state.json"
    file.write_text(json.dumps(client.get("/_sandbox/state").json))
    page = open_panel(visit)
    expect(page.locator("#snapshots .name")).to_have_count(1)
    page.get_by_label("Fixtures file").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#snapshots .name")).to_have_text(["before-import", "before-import-2"])


def test_without_a_snapshot_where_none_is_wanted(
    visit: Visit, client: Client, tmp_path: Path
) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps(client.get("/_sandbox/state").json))
    page = open_panel(visit)
    page.get_by_label("Fixtures file").set_input_files(file)
    page.get_by_label("Take the snapshot before-import first").uncheck()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(notices(page)).to_contain_text("Imported state.json.")
    assert client.get("/_sandbox/snapshots").json["data"] == []


def test_a_refused_import_tells_all_problems_and_changes_nothing(
    visit: Visit, client: Client, tmp_path: Path
) -> None:
    state = client.get("/_sandbox/state").json
    state["contacts"][1]["username"] = 7
    state["contacts"][2]["id"] = HOSTILE
    state[HOSTILE] = []
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(state))
    before = client.get("/_sandbox/state").json
    page = open_panel(visit)
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
    ("text", "said"), [("{broken", "broken.json is not valid JSON"), (HOSTILE, HOSTILE[:4])]
)
def test_a_file_that_is_no_json_is_told(
    visit: Visit, client: Client, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "broken.json"
    file.write_text(text)
    page = open_panel(visit)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#import .action-error")).to_have_text("choose a file")
    page.get_by_label("Fixtures file").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#import .action-error")).to_contain_text(said)
    assert client.get("/_sandbox/snapshots").json["data"] == []
