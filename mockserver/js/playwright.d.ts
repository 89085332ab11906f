import type {
  PlaywrightTestArgs,
  PlaywrightTestOptions,
  PlaywrightWorkerArgs,
  PlaywrightWorkerOptions,
  TestType,
} from "@playwright/test";
import type { Sandbox, SandboxOptions, Server, StartOptions } from "./index.js";

export { expect } from "@playwright/test";

/** Playwright's `test` with `sandbox`, a new one for each test, and `mockserver`, its server. */
export const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & { sandbox: Sandbox; sandboxOptions: SandboxOptions },
  PlaywrightWorkerArgs &
    PlaywrightWorkerOptions & { mockserver: Server; serverOptions: StartOptions }
>;
