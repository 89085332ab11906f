import assert from "node:assert/strict";
import { test } from "node:test";
import { createServer } from "vite";

test("Vite's development server passes /v1 on to mockserver", async () => {
  const options = { configFile: "vite.config.mjs", logLevel: "error", server: { port: 0 } };
  const vite = await createServer(options);
  await vite.listen();
  const { port } = vite.httpServer.address();
  const headers = { Authorization: "Bearer demo" };
  const response = await fetch(`http://localhost:${port}/v1/contacts?limit=1`, { headers });
  assert.equal(response.status, 200);
  assert.equal((await response.json()).data.length, 1);
  await vite.close();
});
