/** A sandbox for each test of Playwright, and a server for each of its workers. */

import { test as base } from "@playwright/test";
import { startServer } from "./server.js";

export { expect } from "@playwright/test";

export const test = base.extend({
  serverOptions: [{}, { option: true, scope: "worker" }],
  sandboxOptions: [{}, { option: true }],
  mockserver: [
    async ({ serverOptions }, use) => {
      const server = await startServer(serverOptions);
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  sandbox: async ({ mockserver, sandboxOptions }, use, testInfo) => {
    const sandbox = await mockserver.createSandbox(undefined, sandboxOptions);
    await use(sandbox);
    if (testInfo.status !== testInfo.expectedStatus) {
      const requests = JSON.stringify(await sandbox.journal.list(), null, 2);
      await testInfo.attach("requests.json", { body: requests, contentType: "application/json" });
    }
    await sandbox.delete();
  },
});
