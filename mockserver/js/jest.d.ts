import type { Sandbox, SandboxOptions, StartOptions } from "./index.js";

/**
 * Give this file its own sandbox, which is reset before each test.
 *
 * `server` starts the server, as `startServer` does: one for each file, unless `MOCKSERVER_URL`
 * is set, as by `mockserver run -- npx vitest`.
 */
export function useSandbox(options?: SandboxOptions & { server?: StartOptions }): Sandbox;
