/** A server: a new process, or one that already runs. */

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { ControlApi } from "./control.js";
import { Sandbox } from "./sandbox.js";

const MAX_LOG = 10_000; // characters kept to explain why a server did not start

/**
 * Connect to the server at `url`, by default `MOCKSERVER_URL`; if neither is given, start one.
 *
 * `token` is its control token, by default `MOCKSERVER_TOKEN`. `settings` are those of
 * `mockserver serve`, such as `{ fixtures: "empty", webhookTimeout: 2 }`, and `command` starts
 * it: by default `["mockserver"]`.
 */
export async function startServer({ url, token, settings, command = ["mockserver"] } = {}) {
  const address = url ?? (settings ? undefined : process.env.MOCKSERVER_URL);
  if (address === undefined) return await start(command, settings ?? {}, token);
  if (settings)
    throw new TypeError("settings cannot be combined with url: a running server has its own");
  return await connect(address.replace(/\/+$/, ""), token ?? process.env.MOCKSERVER_TOKEN);
}

async function start([file, ...words], settings, token) {
  const flags = { port: 0, logLevel: "warning", ...settings };
  const child = spawn(file, [...words, "serve", ...Object.entries(flags).flatMap(toFlags)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    log = (log + text).slice(-MAX_LOG);
  });
  const kill = () => child.kill();
  process.once("exit", kill);
  child.once("close", () => process.off("exit", kill));
  const line = await new Promise((resolve, reject) => {
    createInterface(child.stdout).once("line", resolve);
    child.once("error", ({ message }) => {
      reject(new Error(`cannot run ${file} (${message}); is it installed and on the PATH?`));
    });
    child.once("close", (code) => {
      reject(new Error(`${file} ended with exit code ${code}:\n${log}`));
    });
  });
  for (const handle of [child, child.stdout, child.stderr]) handle.unref(); // let Node.js end
  return await connect(JSON.parse(line).url, token ?? firstToken(settings), child);
}

function firstToken({ controlToken, token = [] }) {
  return controlToken ?? [token].flat()[0];
}

/** Return the words of a setting: `["maxBody", 9]` becomes `["--max-body", "9"]`. */
function toFlags([name, value]) {
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (value === true) return [flag];
  if (value === false || value === undefined) return [];
  return [value].flat().flatMap((item) => [flag, String(item)]);
}

async function connect(url, token, child) {
  const control = new ControlApi(url, token);
  const { settings } = await control.request("GET", "");
  return new Server(control, settings.token ? token : undefined, child);
}

class Server {
  #control;
  #apiToken;
  #child;

  constructor(control, apiToken, child) {
    this.#control = control;
    this.#apiToken = apiToken; // of a server that accepts only certain tokens
    this.#child = child;
    this.url = control.url;
  }

  async createSandbox(name = `js_${randomUUID()}`, options = {}) {
    await this.#control.request("POST", "/sandboxes", { body: { name, ...options } });
    return this.sandbox(name);
  }

  sandbox(name) {
    return new Sandbox(this.#control, name, this.#apiToken);
  }

  async control(method, path, options) {
    return await this.#control.request(method, path, options);
  }

  async stop() {
    if (!this.#child || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, "close");
    this.#child.ref();
    this.#child.kill();
    await closed;
  }

  async [Symbol.asyncDispose]() {
    await this.stop();
  }
}
