import { ApiError, type Sandbox, type Server, startServer } from "protocol-sandbox";
import { useSandbox as useSandboxInJest } from "protocol-sandbox/jest";
import { test as withSandbox } from "protocol-sandbox/playwright";
import { useSandbox } from "protocol-sandbox/vitest";

const server: Server = await startServer({ settings: { fixtures: "empty", maxBody: 1000 } });
const sandbox: Sandbox = await server.createSandbox("types", { clock: "frozen" });
const response = await sandbox.call("GET", "/v1/contacts", { headers: sandbox.headers });
const status: number = response.status;
const { now, left } = await sandbox.clock.advance(60);
const seconds: number = now + left;
const names: string[] = (await sandbox.webhooks.list()).map((webhook) => webhook.url);
const { count, requests } = await sandbox.journal.verify(
  { operation: "contacts.list" },
  { at_least: 1 },
);
await sandbox.simulate("message", { from: "Kevin", message: String(seconds + status + count) });
await sandbox.reset(["data", "clock"]);
const used: Sandbox[] = [useSandbox({ seed: "7" }), useSandboxInJest()];
withSandbox("a page", async ({ page, sandbox }) => {
  await page.goto(sandbox.baseUrl);
});
// @ts-expect-error there is no such action
await sandbox.simulate("massage", {});
// @ts-expect-error the clock has no such mode
await sandbox.clock.set({ mode: "fast" });
// @ts-expect-error a sandbox is made by a server
new (await import("protocol-sandbox")).Sandbox();
if (names.length && requests.length && used.length) throw new ApiError("no");
await using second = await server.createSandbox();
await second.delete();
