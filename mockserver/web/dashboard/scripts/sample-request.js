/** The sample requests of the start page, sent as a client sends them, and their responses. */

import { clientBaseUrl, clientToken } from "./api-client.js";
import { $, createElement } from "./dom.js";
import { tag } from "./elements.js";

/** The response headers that are shown. */
const SHOWN_HEADERS = ["Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining"];

/** Send a request and return its response; an error status does not throw. */
export async function sendRequest(method, path, { headers = {}, form } = {}) {
  const body = form && new URLSearchParams(form);
  const allHeaders = { Authorization: `Bearer ${clientToken()}`, ...headers };
  const start = performance.now();
  const elapsed = () => Math.round(performance.now() - start);
  try {
    const response = await fetch(`${clientBaseUrl()}/v1${path}`, {
      method,
      headers: allHeaders,
      body,
    });
    const text = await response.text();
    const names = SHOWN_HEADERS.filter((name) => response.headers.has(name));
    return {
      status: response.status,
      statusText: response.statusText,
      headers: names.map((name) => `${name}: ${response.headers.get(name)}`),
      text,
      ms: elapsed(),
    };
  } catch {
    return { status: null, headers: [], text: "", ms: elapsed() };
  }
}

/** Show a response: status, headers and duration in a line, then the body. */
export function showResponse(container, { status, statusText, headers, text, ms }) {
  const kind = status !== null && status < 400 ? "good" : "bad";
  const title = status === null ? "no response" : `${status} ${statusText}`.trim();
  const tags = [tag(title, kind), ...headers.map((header) => tag(header))];
  const duration = createElement("span", { className: "faint" }, `in ${ms} ms`);
  $(".outcome", container).replaceChildren(...tags.flatMap((item) => [item, " "]), duration);
  const body = $("pre", container);
  body.textContent = indentJson(text);
  body.hidden = text === "";
  body.tabIndex = 0; // so that the keyboard can scroll it
}

function indentJson(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
