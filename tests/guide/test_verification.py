"""The guide's ways to verify a delivery, in JavaScript and Python, against what really comes."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver import MockServer
from tests.checks.webhook.receivers import Receiver, listening

if TYPE_CHECKING:
    from tests.guide.conftest import Run
    from tests.guide.snippets import Document

SECRET = "s3cret ☃ Grüße"
FRANK, CHAT = "FrankMcCallister", "xgQQXg3hrtjh7AvZ"
LETTERS = "Grüße, 林美玲! \U0001fa9c\u2028"
LARGE = 200_000

#: Each language's file, its interpreter, and what has it verify all of cases.json.
LANGUAGES = {
    "verify.py": (
        sys.executable,
        "cases.py",
        """
import base64, json
from verify import verify

with open("cases.json") as file:
    cases = json.load(file)
verdicts = [verify(base64.b64decode(body), *rest) for body, *rest in cases]
print(json.dumps(verdicts))
""",
    ),
    "verify.mjs": (
        "node",
        "cases.mjs",
        """
import { readFileSync } from "node:fs";
import { verify } from "./verify.mjs";

const cases = JSON.parse(readFileSync("cases.json"));
const verdicts = cases.map(([body, ...rest]) => verify(Buffer.from(body, "base64"), ...rest));
console.log(JSON.stringify(verdicts));
""",
    ),
}
Delivery = tuple[bytes, str]
Case = tuple[bytes, str | None, str]


class Keeper(Receiver):
    """Keeps every delivery, and judges none."""

    def verifies(self, body: bytes, signature: str | None) -> bool:
        return True


@pytest.fixture(scope="module")
def deliveries() -> list[Delivery]:
    """All deliveries of a session with events of all kinds: the exact bytes, and the signatures."""
    keeper = Keeper()
    with listening(keeper) as url, MockServer() as server, server.sandbox("session") as box:
        box.webhooks.create(url, secret=SECRET)
        for text in ("Good evening.", LETTERS, LETTERS * (LARGE // len(LETTERS))):
            message = {"conversation_id": CHAT, "message": text}
            assert box.call("POST", "/v1/messages", json=message).status == 201
        file = {"filename": f"{LETTERS[:5]}.txt", "content": "aGk="}
        box.simulate.message(FRANK, LETTERS, attachments=[file])
        box.simulate.read(FRANK, CHAT)
        group = box.call("POST", "/v1/groups", json={"name": LETTERS[:5]}).json
        box.simulate.join(FRANK, group["id"])
        box.call("DELETE", f"/v1/groups/{group['id']}")
        box.call("DELETE", "/v1/contacts/WAz8eIbvDR60rouK")
        assert box.deliveries.wait(timeout=60)["settled"]
        assert len(keeper.bodies) == len(box.events.list()) > 20
        signatures = [head["x-protocol-signature"] for head in keeper.headers]
    return list(zip(keeper.bodies, signatures, strict=True))


def tampered(body: bytes, signature: str) -> list[Case]:
    """What others may make of a delivery."""
    event = json.loads(body)
    forged = [
        body[:-2] + b" }",
        body + b"\n",
        body[1:],
        b"",
        body.replace(b"message", b"massage", 1),
        json.dumps(event, indent=1).encode(),
    ]
    other = "0" if signature[-1] != "0" else "1"
    signatures = [
        None,
        "",
        signature[:-1] + other,
        signature[:-1],
        signature + "0",
        signature.upper(),
        f"sha256={signature}",
        signature[:-1] + "\u00e9",
    ]
    return [
        *((forged_body, signature, SECRET) for forged_body in forged if forged_body != body),
        *((body, forged_signature, SECRET) for forged_signature in signatures),
        (body, signature, SECRET[:-1]),
        (body, signature, SECRET.encode("ascii", "ignore").decode()),
    ]


def verdicts(
    file: str, cases: Sequence[Case], snippets: Document, run: Run, folder: Path
) -> list[Any]:
    """What a language's snippet says to each case."""
    interpreter, name, script = LANGUAGES[file]
    snippets.write(folder, file)
    (folder / name).write_text(script, encoding="utf-8")
    sent = [(base64.b64encode(body).decode(), *rest) for body, *rest in cases]
    (folder / "cases.json").write_text(json.dumps(sent), encoding="utf-8")
    done = run(f"{interpreter} {name}")
    assert done.returncode == 0, done
    results: list[Any] = json.loads(done.stdout)
    return results


files = pytest.mark.parametrize(
    "file", ["verify.py", pytest.param("verify.mjs", marks=pytest.mark.external)]
)


@files
def test_every_delivery_is_accepted(
    file: str, deliveries: list[Delivery], snippets: Document, run: Run, tmp_path: Path
) -> None:
    assert max(len(body) for body, _ in deliveries) > LARGE
    cases = [(body, signature, SECRET) for body, signature in deliveries]
    assert verdicts(file, cases, snippets, run, tmp_path) == [True] * len(deliveries)


@files
def test_every_tampered_one_is_rejected(
    file: str, deliveries: list[Delivery], snippets: Document, run: Run, tmp_path: Path
) -> None:
    cases = [case for delivery in deliveries for case in tampered(*delivery)]
    swapped = zip(deliveries, deliveries[1:] + deliveries[:1], strict=True)
    cases += [(body, signature, SECRET) for (body, _), (_, signature) in swapped]
    assert verdicts(file, cases, snippets, run, tmp_path) == [False] * len(cases)
