/**
 * The server as a page calls it: which sandbox, with which token.
 *
 * Everything goes through the API (/v1) and the control API (/_sandbox), as any client's calls do.
 */

export const root = location.origin;
export const sandbox = document.body.dataset.sandbox;

/** The sandbox that a URL without `?sandbox=` is about. */
export const defaultSandbox = document.body.dataset.default;

const KEPT = "mockserver-token";
/** What a token is made of: no header can say anything else. */
const TOKEN = /^[\x21-\x7e]+$/;

const given = new URLSearchParams(location.search).get("token");
if (given) {
  // Out of the address bar, where others would read it.
  keep(given);
  const bare = new URL(location.href);
  bare.searchParams.delete("token");
  history.replaceState(null, "", bare);
}

/** A token that was given here, for a server that takes only its own; null where any will do. */
export const ownToken = () => sessionStorage.getItem(KEPT);

/** The token that a client of this sandbox sends. */
export const token = () => ownToken() ?? (sandbox === "default" ? "demo" : `sandbox_${sandbox}`);

/** The base URL of the API for this sandbox, for a client with this token. */
export const base = () => (ownToken() && sandbox !== "default" ? `${root}/s/${sandbox}` : root);

/** An answer that is a refusal, with what the server said of it. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Call the API as the user. `body` is an object, or a FormData. Throws Refused. */
export const api = (method, path, body) => call(method, `${base()}/v1${path}`, body);

/**
 * Call the control API about this sandbox. `query` leaves out what is null or empty.
 * Throws Refused.
 */
export function control(method, path, { query = {}, body } = {}) {
  const url = new URL(`${root}/_sandbox${path}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") url.searchParams.set(name, value);
  }
  // With a token of its own the server cannot tell by it which sandbox is meant.
  if (ownToken()) url.searchParams.set("sandbox", sandbox);
  return call(method, url, body);
}

/** The sandboxes that a client can come to. Throws Refused. */
export async function sandboxes() {
  const { data } = await control("GET", "/sandboxes");
  return data.filter((each) => each.name !== "default" || defaultSandbox === "default");
}

/**
 * Have the sandbox of this page open, as its first client would. Only when a page is opened: who
 * merely looks on must not bring back what a test has deleted.
 */
export async function open() {
  if (!ownToken()) return control("GET", "/pulse");
  const isThere = (await sandboxes()).some((each) => each.name === sandbox);
  return isThere ? null : control("POST", "/sandboxes", { body: { name: sandbox } });
}

async function call(method, url, body) {
  const headers = { Authorization: `Bearer ${token()}` };
  const isForm = body instanceof FormData;
  if (!isForm && method !== "GET") headers["Content-Type"] = "application/json";
  const sent = isForm ? body : body === undefined ? undefined : JSON.stringify(body);
  let answer;
  try {
    answer = await fetch(url, { method, headers, body: sent });
  } catch {
    throw new Refused(0, "the server gave no answer; is it running?");
  }
  const text = await answer.text();
  const told = parsed(text);
  if (answer.ok) return told;
  if (answer.status === 401) askForToken();
  throw new Refused(answer.status, told?.message ?? `it answered ${answer.status}`);
}

function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null; // a fault may have bent it
  }
}

function askForToken() {
  const dialog = document.querySelector("#ask-token");
  if (dialog.open) return;
  document.querySelector("#ask-token-refused").hidden = ownToken() === null;
  dialog.returnValue = "";
  dialog.showModal();
  dialog.addEventListener(
    "close",
    () => {
      if (dialog.returnValue !== "use") return; // it is asked for again
      keep(document.querySelector("#ask-token-value").value.trim());
      location.reload();
    },
    { once: true },
  );
}

function keep(value) {
  if (TOKEN.test(value)) sessionStorage.setItem(KEPT, value);
}
