/**
 * The client of this page: its sandbox, its token, and calls of the API and the control API.
 *
 * The dashboard uses the same HTTP interfaces (/v1 and /_sandbox) as any other client.
 */

export const origin = location.origin;
export const sandboxName = document.body.dataset.sandbox;

/** The sandbox of a URL without `?sandbox=`. */
export const defaultSandbox = document.body.dataset.default;

const STORAGE_KEY = "mockserver-token";
/** The characters that an HTTP header can carry. */
const VALID_TOKEN = /^[\x21-\x7e]+$/;

const tokenInUrl = new URLSearchParams(location.search).get("token");
if (tokenInUrl) {
  // Remove it from the address bar, so that it does not end up in the history or a screenshot.
  storeToken(tokenInUrl);
  const url = new URL(location.href);
  url.searchParams.delete("token");
  history.replaceState(null, "", url);
}

/** Return the token that the user entered, or null if the server takes any token. */
export const enteredToken = () => sessionStorage.getItem(STORAGE_KEY);

/** Return the token that a client of this sandbox sends. */
export const clientToken = () =>
  enteredToken() ?? (sandboxName === "default" ? "demo" : `sandbox_${sandboxName}`);

/** Return the base URL, without /v1, of a client that sends `clientToken()`. */
export const clientBaseUrl = () =>
  enteredToken() && sandboxName !== "default" ? `${origin}/s/${sandboxName}` : origin;

/** Return the path of a dashboard page for this sandbox. */
export function pageUrl(path, query = {}, hash = "") {
  const parameters = new URLSearchParams(query);
  if (sandboxName !== defaultSandbox) parameters.set("sandbox", sandboxName);
  return `${path}${parameters.size ? "?" : ""}${parameters}${hash && `#${hash}`}`;
}

/** A failed request; the status is 0 if the server did not respond. */
export class RequestError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Call the API as the user; `body` is an object or a FormData. Throws RequestError. */
export const callApi = (method, path, body) => send(method, `${clientBaseUrl()}/v1${path}`, body);

/** Call the control API for this sandbox. Empty query values are left out. Throws RequestError. */
export function callControl(method, path, { query = {}, body } = {}) {
  const url = new URL(`${origin}/_sandbox${path}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") url.searchParams.set(name, value);
  }
  // A token of --token does not select a sandbox.
  if (enteredToken()) url.searchParams.set("sandbox", sandboxName);
  return send(method, url, body);
}

/** Return the sandboxes that a client can reach. Throws RequestError. */
export async function listSandboxes() {
  const { data } = await callControl("GET", "/sandboxes");
  return data.filter(({ name }) => name !== "default" || defaultSandbox === "default");
}

/**
 * Create the sandbox of this page if it does not exist, as a client's first call would.
 *
 * Called only when the page is opened: polling must not recreate a sandbox that a test deleted.
 */
export async function ensureSandbox() {
  if (!enteredToken()) return callControl("GET", "/counters");
  const exists = (await listSandboxes()).some(({ name }) => name === sandboxName);
  return exists ? null : callControl("POST", "/sandboxes", { body: { name: sandboxName } });
}

async function send(method, url, body) {
  const headers = { Authorization: `Bearer ${clientToken()}` };
  const isForm = body instanceof FormData;
  if (!isForm && method !== "GET") headers["Content-Type"] = "application/json";
  const payload = isForm || body === undefined ? body : JSON.stringify(body);
  let response;
  try {
    response = await fetch(url, { method, headers, body: payload });
  } catch {
    throw new RequestError(0, "no response from the server; is it running?");
  }
  const result = parseJson(await response.text());
  if (response.ok) return result;
  if (response.status === 401) askForToken();
  throw new RequestError(response.status, result?.message ?? `status ${response.status}`);
}

function parseJson(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null; // a fault may have truncated it
  }
}

function askForToken() {
  const dialog = document.querySelector("#ask-token");
  if (dialog.open) return;
  document.querySelector("#ask-token-refused").hidden = enteredToken() === null;
  dialog.returnValue = "";
  dialog.showModal();
  dialog.addEventListener(
    "close",
    () => {
      if (dialog.returnValue !== "use") return; // the next call asks again
      storeToken(document.querySelector("#ask-token-value").value.trim());
      location.reload();
    },
    { once: true },
  );
}

function storeToken(token) {
  if (VALID_TOKEN.test(token)) sessionStorage.setItem(STORAGE_KEY, token);
}
