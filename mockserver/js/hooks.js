/** The hooks of a test runner that give each file a sandbox, and each test its initial state. */

import { randomUUID } from "node:crypto";
import { startServer } from "./server.js";

/** Return `useSandbox` for a runner with these hooks. */
export function sandboxHooks({ beforeAll, beforeEach, afterAll }) {
  return function useSandbox({ server: options, ...sandboxOptions } = {}) {
    let server;
    let sandbox;
    beforeAll(async () => {
      server = await startServer(options);
      sandbox = await server.createSandbox(`js_${randomUUID()}`, sandboxOptions);
    });
    beforeEach(() => sandbox.reset());
    afterAll(async () => {
      await sandbox?.delete();
      await server?.stop();
    });
    return new Proxy(
      {},
      {
        get(_, name) {
          if (!sandbox)
            throw new Error("the sandbox exists in hooks and tests, not while a file loads");
          const value = sandbox[name];
          return typeof value === "function" ? value.bind(sandbox) : value;
        },
      },
    );
  };
}
