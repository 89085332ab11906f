import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { ApiError, startServer, VerificationError } from "protocol-sandbox";

const FRANK = "/v1/contacts/WAz8eIbvDR60rouK";
const MESSAGE = { conversation_id: "xgQQXg3hrtjh7AvZ", message: "Good evening." };
let server;
let sandbox;

before(async () => {
  server = await startServer();
  sandbox = await server.createSandbox(undefined, { clock: "frozen", seed: "7" });
});
after(() => server.stop());

test("a reset brings a deleted contact back", async () => {
  assert.equal((await sandbox.call("DELETE", FRANK)).status, 204);
  assert.equal((await sandbox.call("GET", FRANK)).status, 404);
  await sandbox.reset();
  assert.equal((await sandbox.call("GET", FRANK)).json.username, "FrankMcCallister");
});

test("sandboxes are isolated", async () => {
  const other = await server.createSandbox("other");
  await other.call("DELETE", FRANK);
  assert.equal((await sandbox.call("GET", FRANK)).status, 200);
  assert.equal((await fetch(`${other.baseUrl}/contacts/WAz8eIbvDR60rouK`, other)).status, 404);
  await other.delete();
  await assert.rejects(other.delete(), ApiError);
});

test("a fault applies once, and the journal has both requests", async () => {
  await sandbox.faults.add({ type: "error", status: 503 }, { resource: "messages" }, { times: 1 });
  assert.equal((await sandbox.call("POST", "/v1/messages", { json: MESSAGE })).status, 503);
  assert.equal((await sandbox.call("POST", "/v1/messages", { json: MESSAGE })).status, 201);
  const match = { operation: "messages.create" };
  assert.equal((await sandbox.journal.verify(match, { count: 2 })).count, 2);
  await assert.rejects(sandbox.journal.verify({ ...match, status: 200 }), (error) => {
    assert.ok(error instanceof VerificationError);
    assert.match(
      error.message,
      /near miss: req_\d+ POST \/v1\/messages 201\n {4}status: expected 200/,
    );
    return true;
  });
});

test("a wait ends with the request", async () => {
  await sandbox.reset();
  const [found] = await Promise.all([
    sandbox.journal.wait({ path: FRANK }, { timeout: 30 }),
    sandbox.call("GET", FRANK),
  ]);
  assert.equal(found.count, 1);
});

test("a webhook delivers to an inbox", async () => {
  const webhook = await sandbox.webhooks.create(sandbox.inboxes.url("app"), { secret: "s3cret" });
  assert.equal(webhook.secret, "s3cret");
  await sandbox.simulate("message", { from: "FrankMcCallister", message: "Hello" });
  const { data } = await sandbox.inboxes.wait("app", { timeout: 30 });
  assert.equal(data[0].event.type, "message.created");
  assert.equal(data[0].verified, true);
  assert.equal((await sandbox.deliveries.wait()).settled, true);
  assert.equal((await sandbox.deliveries.list())[0].type, "message.created");
});

test("a list has all pages", async () => {
  await sandbox.reset();
  for (let number = 0; number < 501; number++) {
    const json = { name: `group ${number}` }; // creates a group and its conversation
    assert.equal((await sandbox.call("POST", "/v1/groups", { json })).status, 201);
  }
  const events = await sandbox.events.list();
  assert.equal(new Set(events.map((event) => event.id)).size, 1002);
  assert.equal((await sandbox.events.list({ limit: 3 })).length, 3);
});

test("a frozen clock moves by an advance only", async () => {
  const { now } = await sandbox.clock.get();
  assert.equal((await sandbox.clock.advance(60)).now, now + 60);
});

test("a snapshot is restored", async () => {
  await sandbox.snapshots.take("before");
  await sandbox.call("DELETE", FRANK);
  await sandbox.snapshots.restore("before");
  assert.equal((await sandbox.call("GET", FRANK)).status, 200);
});

test("an error says what is wrong", async () => {
  await assert.rejects(sandbox.faults.add({ type: "eror" }), (error) => {
    assert.ok(error instanceof ApiError);
    assert.equal(error.status, 400);
    assert.match(error.message, /fault\.type: unknown type 'eror'/);
    return true;
  });
});

test("settings reach the server, and a running server takes none", async () => {
  const own = await startServer({ settings: { token: ["a", "b"], maxBody: 1000 } });
  const settings = (await own.control("GET", "")).settings;
  assert.deepEqual([settings.token, settings.max_body], [2, 1000]);
  const restricted = await own.createSandbox("restricted");
  assert.equal(restricted.token, "a");
  assert.equal((await restricted.call("GET", FRANK)).status, 200);
  const url = own.url;
  await assert.rejects(startServer({ url, settings: { seed: "1" } }), TypeError);
  assert.equal((await startServer({ url, token: "b" })).url, url);
  await own.stop();
  await own.stop();
  await assert.rejects(fetch(url));
});

test("a server that does not start says why", async () => {
  await assert.rejects(
    startServer({ settings: { fixtures: "none.json" } }),
    /exit code 4:.*none\.json/s,
  );
  await assert.rejects(startServer({ command: ["no-such-command"] }), /is it installed/);
});

test("a process that does not stop its server ends, and its server too", async () => {
  const script =
    'import { startServer } from "protocol-sandbox"; console.log((await startServer()).url);';
  const words = ["--input-type=module", "-e", script];
  const url = execFileSync(process.execPath, words, { encoding: "utf8" }).trim();
  let answers = true;
  for (let attempt = 0; answers && attempt < 1000; attempt++) {
    answers = await fetch(url).then(
      () => true,
      () => false,
    );
  }
  assert.equal(answers, false);
});
