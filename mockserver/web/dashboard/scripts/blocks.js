/** Evidence, shown as text: JSON set out and coloured, anything else as it is. */

import { copy, make } from "./dom.js";
import { sandbox, defaultSandbox } from "./connection.js";

const MOST = 200_000; // characters that are shown
const MOST_COLOURED = 30_000;
const TOKENS = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g;

/** A text in a box of its own, with a button that copies it. `parts` are what the box shows. */
export function block(label, text, parts = [text]) {
  const button = make("button", { type: "button", className: "quiet", textContent: "Copy" });
  button.setAttribute("aria-label", `Copy: ${label}`);
  button.addEventListener("click", () => copy(text));
  const box = make("pre", { tabIndex: 0 }, ...(text.length > MOST ? cut(text) : parts));
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", label);
  const head = make("div", { className: "block-head" }, make("span", {}, label), button);
  return make("div", { className: "block" }, head, box);
}

const cut = (text) => [text.slice(0, MOST), `\n… and ${text.length - MOST} characters more`];

/** A value of JSON, set out. */
export function json(label, value) {
  const text = JSON.stringify(value, null, 2);
  return block(label, text, text.length > MOST_COLOURED ? [text] : coloured(text));
}

function coloured(text) {
  const parts = [];
  let place = 0;
  for (const found of text.matchAll(TOKENS)) {
    const [whole, string, colon] = found;
    const word = string ?? whole;
    const className = colon ? "json-name" : string ? "json-string" : "json-value";
    parts.push(text.slice(place, found.index), make("span", { className }, word));
    place = found.index + word.length;
  }
  return [...parts, text.slice(place)];
}

/** A body as the control API tells it: JSON, a text, {"base64": …}, or null for none. */
export function body(label, told, contentType = "") {
  if (told === null) return make("p", { className: "faint" }, `${label}: none.`);
  if (typeof told === "string") return block(`${label}, as text`, told);
  const isJson = /json/i.test(contentType);
  const keys = typeof told === "object" ? Object.keys(told) : [];
  if (!isJson && keys.length === 1 && keys[0] === "base64" && typeof told.base64 === "string") {
    return block(`${label}: ${bytes(told.base64)} bytes that are no text, in base64`, told.base64);
  }
  return json(label, told);
}

const bytes = (base64) => (base64.length / 4) * 3 - (base64.match(/=*$/)?.[0].length ?? 0);

/** Headers, behind a line that says how many there are. */
export function headers(label, told) {
  const names = Object.entries(told);
  const rows = names.map(([name, value]) => {
    const head = make("th", { scope: "row" }, name);
    return make("tr", {}, head, make("td", { className: "mono" }, value));
  });
  const caption = make("caption", { className: "hidden-label" }, label);
  const table = make("table", { className: "headers" }, caption, make("tbody", {}, ...rows));
  return folded(`${label} (${names.length})`, table);
}

/** Something that is shown once one asks for it. */
export const folded = (summary, ...shown) =>
  make("details", {}, make("summary", {}, summary), ...shown);

export const tag = (text, kind = "") => make("span", { className: `tag ${kind}`.trim() }, text);

/** The tag of a status; 0 is no answer at all. */
export function statusTag(status) {
  if (status === 0) return tag("no answer", "bad");
  return tag(String(status), statusKind(status));
}

const statusKind = (status) =>
  status >= 500 || status === 0 ? "bad" : status >= 400 ? "warn" : status >= 300 ? "" : "good";

/** So many of something. */
export const many = (count, noun, plural = `${noun}s`) =>
  `${count.toLocaleString("en")} ${count === 1 ? noun : plural}`;

/** The address of another panel, about the same sandbox. */
export function panel(path, query = {}, hash = "") {
  const words = new URLSearchParams(query);
  if (sandbox !== defaultSandbox) words.set("sandbox", sandbox);
  return `${path}${words.size ? "?" : ""}${words}${hash && `#${hash}`}`;
}
