/** A sandbox for each file of tests. */

import { afterAll, beforeAll, beforeEach } from "@jest/globals";
import { sandboxHooks } from "./hooks.js";

export const useSandbox = sandboxHooks({ afterAll, beforeAll, beforeEach });
