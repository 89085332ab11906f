/** The bots card: the running script, its people, their next action and the latest actions. */

import { confirmed } from "./confirm.js";
import { control, ownToken, sandbox } from "./connection.js";
import { $, $$, hour, make, reconcile, say, when } from "./dom.js";
import { act, submits } from "./form.js";

const MAX_LINES = 30;
/** Labels of the actions that have no text. */
const ACTION_LABELS = {
  react: "reacts",
  read: "reads",
  join: "joins",
  leave: "leaves",
  come_online: "comes online",
  go_offline: "goes offline",
  join_queue: "joins the queue",
  leave_queue: "leaves the queue",
};

const card = $("#card-bots");
const form = $("#start-bots");
let runningScript = null;
let lines = [];

/** Fetch what only this card shows; nothing while no bots are running. */
export async function look() {
  if (!runningScript) return { botStatus: null };
  const query = { since: lines.at(-1)?.id, limit: 10000 };
  try {
    const [botStatus, { data }] = await Promise.all([
      control("GET", "/bots"),
      control("GET", "/bots/transcript", { query }),
    ]);
    lines = [...lines, ...data].slice(-MAX_LINES);
    return { botStatus };
  } catch {
    lines = []; // other bots were started, or these were stopped: the next poll shows which
    return { botStatus: null };
  }
}

export function show({ bots, botStatus }) {
  if (bots !== runningScript) lines = [];
  runningScript = bots;
  $("#no-bots").hidden = Boolean(bots);
  $("#running-bots").hidden = !botStatus;
  if (!botStatus) return;
  say(card, "#people-title", `Running “${botStatus.script}” with seed ${botStatus.seed || "0"}`);
  const people = [
    ...botStatus.people.filter((person) => person.is_present),
    ...botStatus.customers.filter((customer) => !customer.has_left),
  ];
  reconcile($("#people"), people, (person) => person.contact_id, newPerson, fillPerson);
  const counts = Object.entries(botStatus.counts).map(([action, count]) => `${count} × ${action}`);
  say(card, "#action-counts", counts.length ? `So far: ${counts.join(", ")}.` : "No actions yet.");
  const [next] = botStatus.next;
  say(card, "#next-action", next ? `Next: ${nameOf(people, next)}, ${when(next.at)}.` : "");
  const list = $("#transcript");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 10;
  reconcile(
    list,
    lines,
    (line) => line.id,
    newLine,
    () => {},
  );
  if (atEnd) list.scrollTop = list.scrollHeight;
}

const nameOf = (people, { contact_id: id }) =>
  people.find((person) => person.contact_id === id)?.name ?? "a new contact";

function newPerson() {
  const tag = make("span", { className: "tag" });
  return make(
    "li",
    {},
    make("span", {}, make("b"), " ", make("span", { className: "faint" })),
    tag,
  );
}

function fillPerson(element, person) {
  say(element, "b", person.name);
  say(element, ".faint", person.role ?? "");
  const tag = say(element, ".tag", person.is_awake === false ? "offline" : "online");
  tag.classList.toggle("good", person.is_awake !== false);
}

function newLine({ at, name, conversation_name: conversation, action, text }) {
  const label = ACTION_LABELS[action] ?? action;
  const description = action === "message" ? text : `(${label}${text ? `: ${text}` : ""})`;
  const context = make("span", { className: "faint" }, `${hour(at)} ${conversation ?? ""} `);
  return make("li", {}, context, make("b", {}, name), " ", description);
}

/** Start the bots of the selected script, or of the uploaded file. */
submits(form, async ({ script, seed }) => {
  const file = form.elements.file.files[0];
  const chosen = file ? parseScript(await file.text(), file.name) : script;
  await control("PUT", "/bots", {
    body: seed === undefined ? { script: chosen } : { script: chosen, seed },
  });
  runningScript = "…"; // fetch the new status at the next poll
  lines = [];
  form.elements.file.value = "";
});

function parseScript(text, name) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} is not valid JSON: ${error.message}`);
  }
}

$("#stop-bots").addEventListener("click", async () => {
  const detail = "Their messages and contacts stay.";
  if (!(await confirmed("Stop the bots?", detail, "Stop bots"))) return;
  runningScript = null; // don't poll their status meanwhile
  act(card, () => control("DELETE", "/bots"), "The bots have stopped.");
});

for (const button of $$("[data-speed]", card)) {
  button.addEventListener("click", () => {
    const speed = Number(button.dataset.speed);
    act(card, async () => {
      const { now } = await control("GET", "/clock");
      return control("PUT", "/clock", { body: { mode: "real", now, speed } });
    });
  });
}
for (const button of $$("[data-seconds]", card)) {
  const body = { seconds: Number(button.dataset.seconds) };
  button.addEventListener("click", () =>
    act(card, () => control("POST", "/clock/advance", { body })),
  );
}

// A plain link cannot send a bearer token, so hide it where the sandbox needs one.
$("#transcript-text").hidden = ownToken() !== null;
$("#transcript-text").href = `/_sandbox/bots/transcript?format=text&sandbox=${sandbox}`;

const { data } = await control("GET", "/bots/scripts").catch(() => ({ data: [] }));
form.elements.script.append(...data.map(({ name }) => make("option", { value: name }, name)));
