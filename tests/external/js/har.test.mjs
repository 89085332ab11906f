import assert from "node:assert/strict";
import { test } from "node:test";
import { fromTraffic } from "@mswjs/source/traffic";
import { setupServer } from "msw/node";
import { startServer } from "protocol-sandbox";

test("MSW replays the journal", async () => {
  const server = await startServer();
  const sandbox = await server.createSandbox();
  const url = `${sandbox.url}/v1/contacts?limit=2`;
  const recorded = await sandbox.call("GET", "/v1/contacts?limit=2");
  const json = { conversation_id: "xgQQXg3hrtjh7AvZ", message: "Good evening." };
  const created = await sandbox.call("POST", "/v1/messages", { json });
  const har = await sandbox.journal.har();
  await server.stop();

  const replay = setupServer(...fromTraffic(har));
  replay.listen({ onUnhandledRequest: "error" });
  const response = await fetch(url);
  assert.deepEqual([response.status, await response.json()], [200, recorded.json]);
  const post = await fetch(`${sandbox.url}/v1/messages`, { method: "POST", body: "{}" });
  assert.deepEqual([post.status, await post.json()], [201, created.json]);
  replay.close();
});
