/** A client of mockserver: start a server or connect to one, and control its sandboxes. */

export { ApiError } from "./control.js";
export { Sandbox, VerificationError } from "./sandbox.js";
export { startServer } from "./server.js";
