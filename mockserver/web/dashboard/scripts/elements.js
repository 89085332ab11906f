/** Elements that several pages use: code blocks with a Copy button, headers, tags. */

import { copyText } from "./actions.js";
import { createElement } from "./dom.js";
import { formatCount } from "./format.js";

const MAX_CHARACTERS = 200_000;
const MAX_HIGHLIGHTED_CHARACTERS = 30_000;
const JSON_TOKENS = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g;

/** A text with a Copy button; `parts` are the same text with highlighting. */
export function codeBlock(label, text, parts = [text]) {
  const button = createElement("button", { type: "button", className: "quiet" }, "Copy");
  button.setAttribute("aria-label", `Copy: ${label}`);
  button.addEventListener("click", () => copyText(text));
  const content = text.length > MAX_CHARACTERS ? truncate(text) : parts;
  const code = createElement("pre", { tabIndex: 0 }, ...content);
  code.setAttribute("role", "group");
  code.setAttribute("aria-label", label);
  const head = createElement(
    "div",
    { className: "block-head" },
    createElement("span", {}, label),
    button,
  );
  return createElement("div", { className: "block" }, head, code);
}

const truncate = (text) => [
  text.slice(0, MAX_CHARACTERS),
  `\n… and ${formatCount(text.length - MAX_CHARACTERS)} more characters`,
];

/** A JSON value, indented and highlighted. */
export function jsonBlock(label, value) {
  const text = JSON.stringify(value, null, 2);
  return codeBlock(
    label,
    text,
    text.length > MAX_HIGHLIGHTED_CHARACTERS ? [text] : highlight(text),
  );
}

function highlight(json) {
  const parts = [];
  let index = 0;
  for (const match of json.matchAll(JSON_TOKENS)) {
    const [token, string, colon] = match;
    const text = string ?? token;
    const className = colon ? "json-name" : string ? "json-string" : "json-value";
    parts.push(json.slice(index, match.index), createElement("span", { className }, text));
    index = match.index + text.length;
  }
  return [...parts, json.slice(index)];
}

/** A body as the control API returns it: JSON, a string, {"base64": …}, or null for none. */
export function bodyBlock(label, body, contentType = "") {
  if (body === null) return createElement("p", { className: "faint" }, `${label}: none.`);
  if (typeof body === "string") return codeBlock(`${label}, as text`, body);
  const isJson = /json/i.test(contentType);
  const keys = typeof body === "object" ? Object.keys(body) : [];
  if (!isJson && keys.length === 1 && keys[0] === "base64" && typeof body.base64 === "string") {
    const size = decodedSize(body.base64);
    return codeBlock(`${label}: ${size} bytes of binary data, in base64`, body.base64);
  }
  return jsonBlock(label, body);
}

const decodedSize = (base64) => (base64.length / 4) * 3 - (base64.match(/=*$/)?.[0].length ?? 0);

/** Headers as a table, collapsed under a summary with their number. */
export function headersTable(label, headers) {
  const entries = Object.entries(headers);
  const rows = entries.map(([name, value]) =>
    createElement(
      "tr",
      {},
      createElement("th", { scope: "row" }, name),
      createElement("td", { className: "mono" }, value),
    ),
  );
  const caption = createElement("caption", { className: "hidden-label" }, label);
  const body = createElement("tbody", {}, ...rows);
  const table = createElement("table", { className: "headers" }, caption, body);
  return collapsible(`${label} (${entries.length})`, table);
}

/** Return the value of a header; `name` is in lower case. */
export const headerValue = (headers, name) =>
  Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];

/** The body of a request or response, displayed by its content type. */
export const messageBody = (label, { headers, body }) =>
  bodyBlock(label, body, headerValue(headers, "content-type"));

/** Content that is hidden until its summary is clicked. */
export const collapsible = (summary, ...content) =>
  createElement("details", {}, createElement("summary", {}, summary), ...content);

/** A titled section of a detail view. */
export const section = (level, title, ...content) =>
  createElement("section", {}, createElement(level, {}, title), ...content);

/** The heading of a detail view, with tags and buttons beside it. */
export const detailHead = (heading, ...content) =>
  createElement("div", { className: "detail-head" }, heading, ...content);

/** A line of facts about an item. */
export const factsLine = (...content) => createElement("p", { className: "facts" }, ...content);

/** A button that calls `onClick`, with these properties of the element. */
export function actionButton(text, onClick, properties = {}) {
  const button = createElement("button", { type: "button", ...properties }, text);
  button.addEventListener("click", onClick);
  return button;
}

export const faintText = (...content) => createElement("p", { className: "faint" }, ...content);
export const monoText = (text) => createElement("span", { className: "mono" }, text);

export const tag = (text, kind = "") =>
  createElement("span", { className: `tag ${kind}`.trim() }, text);

/** The tag of a status code; 0 means no response. */
export const statusTag = (status) =>
  status === 0 ? tag("no response", "bad") : tag(String(status), statusKind(status));

function statusKind(status) {
  if (status >= 500) return "bad";
  if (status >= 400) return "warn";
  return status >= 300 ? "" : "good";
}
