/** The inboxes: what came to them, and whether it was right. */

import { body, folded, headers, json, many, statusTag, tag } from "./blocks.js";
import { confirmed } from "./confirm.js";
import { control } from "./connection.js";
import { $, attempt, make, reconcile, say, tell } from "./dom.js";
import { INBOX } from "./webhook-list.js";

const MOST = 100; // messages that are shown
const picker = $("#inbox-name");
const list = $("#messages");
let shown = null; // the name of the inbox
let messages = [];

/** Fetch and show what is there, of the inbox that is chosen. */
export async function drawInbox() {
  const { data } = await control("GET", "/inbox");
  const names = data.map((each) => each.name);
  const name = names.includes(picker.value)
    ? picker.value
    : names.includes(INBOX)
      ? INBOX
      : names[0];
  reconcile(
    picker,
    names,
    (each) => each,
    option,
    () => {},
  );
  if (name !== undefined) picker.value = name;
  for (const id of ["#inbox-choice", "#inbox-actions"]) $(id).hidden = name === undefined;
  await fetchMessages(data.find((each) => each.name === name));
  reconcile(
    list,
    messages.slice(-MOST).reverse(),
    (each) => each.number,
    item,
    () => {},
  );
  list.hidden = messages.length === 0;
  say(document, "#no-messages", messages.length ? "" : empty(name));
}

const option = (name) => make("option", { value: name }, name);
const empty = (name) =>
  name === undefined
    ? "There is no inbox yet. “Use the built-in inbox” registers one that takes all events."
    : "Nothing has come to it yet.";

async function fetchMessages(inbox) {
  say(document, "#inbox-about", inbox && about(inbox));
  const isSame = inbox?.name === shown && inbox.received >= (messages.at(-1)?.number ?? 0);
  if (!isSame) {
    messages = [];
    list.replaceChildren();
  }
  shown = inbox?.name ?? null;
  if (!inbox || inbox.received === messages.at(-1)?.number) return;
  const query = { since: messages.at(-1)?.number };
  const { data } = await control("GET", `/inbox/${inbox.name}`, { query });
  messages = [...messages, ...data].slice(-MOST);
}

function about({ received, secret, answers }) {
  const [next] = answers;
  const answer = next.hang_up ? "hangs up" : `answers ${next.status}`;
  return `${received.toLocaleString("en")} came; it ${
    secret ? "checks signatures" : "has no secret to check signatures with"
  }, and ${answer} next.`;
}

function item(each) {
  const time = make("time");
  tell(time, each.at);
  const type = each.event?.type;
  const line = make(
    "span",
    { className: "facts" },
    make("span", { className: "faint" }, `#${each.number}`),
    make("strong", { className: "mono" }, type === undefined ? "no event" : String(type)),
    time,
    ...verdict(each),
    make("span", { className: "faint" }, "answered "),
    each.answer.hang_up ? tag("hung up", "bad") : statusTag(each.answer.status),
  );
  const came = each.event === null ? body("Body", each.body) : json("Event", each.event);
  return make("li", {}, folded(line, came, headers("Headers", each.headers)));
}

function verdict({ verified, duplicate_of: first }) {
  const signature = {
    true: tag("signature right", "good"),
    false: tag("signature wrong", "bad"),
    null: tag("signature not checked"),
  }[String(verified)];
  return first === null ? [signature] : [signature, tag(`duplicate of #${first}`, "warn")];
}

async function forget() {
  const explained = `It forgets its secret and ${many(messages.length, "message")}.`;
  if (!(await confirmed(`Forget the inbox ${shown}?`, explained, "Forget it"))) return;
  const gone = () => control("DELETE", `/inbox/${shown}`);
  if (await attempt(gone, "The inbox is forgotten.")) await attempt(drawInbox);
}

picker.addEventListener("change", () => attempt(drawInbox));
$("#inbox-refresh").addEventListener("click", () => attempt(drawInbox));
$("#inbox-forget").addEventListener("click", forget);
