/** A sandbox for each file of tests. */

import { afterAll, beforeAll, beforeEach } from "vitest";
import { sandboxHooks } from "./hooks.js";

export const useSandbox = sandboxHooks({ afterAll, beforeAll, beforeEach });
