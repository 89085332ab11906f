/** Requests as a client sends them, and their answers whole: a failure is what is wanted here. */

import { base, token } from "./connection.js";
import { $, make } from "./dom.js";

/** The headers of an answer that tell when to come back. */
const TOLD = ["Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining"];

/** What came back: status, those headers, the body's text, and how long it took. */
export async function request(method, path, { headers = {}, form } = {}) {
  const body = form && new URLSearchParams(form);
  const sent = { Authorization: `Bearer ${token()}`, ...headers };
  const start = performance.now();
  try {
    const answer = await fetch(`${base()}/v1${path}`, { method, headers: sent, body });
    const text = await answer.text();
    const took = Math.round(performance.now() - start);
    const told = TOLD.filter((name) => answer.headers.has(name));
    const shown = told.map((name) => `${name}: ${answer.headers.get(name)}`);
    return { status: answer.status, reason: answer.statusText, headers: shown, text, took };
  } catch {
    const took = Math.round(performance.now() - start);
    return { status: null, headers: [], text: "", took };
  }
}

/** Show an answer: what came of it in a line, and its body. */
export function showAnswer(place, { status, reason, headers, text, took }) {
  const kind = status !== null && status < 400 ? "good" : "bad";
  const told = status === null ? "no answer" : `${status} ${reason}`.trim();
  const tags = headers.map((each) => make("span", { className: "tag" }, each));
  const time = make("span", { className: "faint" }, `in ${took} ms`);
  const outcome = make("span", { className: `tag ${kind}` }, told);
  $(".outcome", place).replaceChildren(outcome, " ", ...tags.flatMap((tag) => [tag, " "]), time);
  const body = $("pre", place);
  body.textContent = pretty(text);
  body.hidden = text === "";
  body.tabIndex = 0; // it scrolls
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
