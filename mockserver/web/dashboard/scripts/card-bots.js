/** The Bots card: start and stop simulated users, and show what they do. */

import { confirmAction, runAction } from "./actions.js";
import { callControl, enteredToken, sandboxName } from "./api-client.js";
import { $, $$, createElement, reconcileChildren, setText } from "./dom.js";
import { handleSubmit, parseJsonFile } from "./form.js";
import { formatDateTime, formatTime } from "./format.js";

const MAX_LINES = 30;
const MAX_TRANSCRIPT_PAGE = 10_000;
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
let transcript = [];

/** Load the data that only this card shows, if bots are running. */
async function loadBots() {
  if (!runningScript) return { botStatus: null };
  const query = { since: transcript.at(-1)?.id, limit: MAX_TRANSCRIPT_PAGE };
  try {
    const [botStatus, { data }] = await Promise.all([
      callControl("GET", "/bots"),
      callControl("GET", "/bots/transcript", { query }),
    ]);
    transcript = [...transcript, ...data].slice(-MAX_LINES);
    return { botStatus };
  } catch {
    transcript = []; // the bots were stopped or replaced; the next refresh shows it
    return { botStatus: null };
  }
}

function renderBots({ bots: running, botStatus }) {
  if (running !== runningScript) transcript = [];
  runningScript = running;
  $("#no-bots").hidden = Boolean(running);
  $("#running-bots").hidden = !botStatus;
  if (!botStatus) return;
  const { script, seed, people, customers, counts, next } = botStatus;
  setText(card, "#bots-list-title", `Running “${script}” with seed ${seed || "0"}`);
  const bots = [
    ...people.filter((bot) => bot.is_present),
    ...customers.filter((bot) => !bot.has_left),
  ];
  reconcileChildren($("#bots-list"), bots, (bot) => bot.contact_id, createBotItem, updateBotItem);
  const actions = Object.entries(counts).map(([action, count]) => `${count} × ${action}`);
  const actionsText = actions.length ? `So far: ${actions.join(", ")}.` : "No actions yet.";
  setText(card, "#action-counts", actionsText);
  const [first] = next;
  const nextText =
    first && `Next action: ${botName(bots, first)}, ${formatDateTime(first.at)} UTC.`;
  setText(card, "#next-action", nextText);
  const list = $("#transcript");
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 10;
  reconcileChildren(list, transcript, (line) => line.id, transcriptItem);
  if (isAtEnd) list.scrollTop = list.scrollHeight;
}

const botName = (bots, { contact_id: id }) =>
  bots.find((bot) => bot.contact_id === id)?.name ?? "a new contact";

function createBotItem() {
  const role = createElement("span", { className: "faint" });
  const name = createElement("span", {}, createElement("b"), " ", role);
  return createElement("li", {}, name, createElement("span", { className: "tag" }));
}

function updateBotItem(item, bot) {
  setText(item, "b", bot.name);
  setText(item, ".faint", bot.role);
  const tag = setText(item, ".tag", bot.is_awake === false ? "offline" : "online");
  tag.classList.toggle("good", bot.is_awake !== false);
}

function transcriptItem({ at, name, conversation_name: conversation, action, text }) {
  const label = ACTION_LABELS[action] ?? action;
  const line = action === "message" ? text : `(${label}${text ? `: ${text}` : ""})`;
  const context = createElement(
    "span",
    { className: "faint" },
    `${formatTime(at)} ${conversation ?? ""} `,
  );
  return createElement("li", {}, context, createElement("b", {}, name), " ", line);
}

export const botsCard = { load: loadBots, render: renderBots };

/** Start a script, from the list or from a file. */
handleSubmit(form, async ({ script, seed }) => {
  const file = form.elements.file.files[0];
  const body = { script: file ? await parseJsonFile(file) : script };
  if (seed !== undefined) body.seed = seed;
  await callControl("PUT", "/bots", { body });
  runningScript = "…"; // so that the next refresh loads the bots
  transcript = [];
  form.elements.file.value = "";
});

$("#stop-bots").addEventListener("click", async () => {
  const explanation = "Their messages and contacts stay.";
  if (!(await confirmAction("Stop the bots?", explanation, "Stop bots"))) return;
  runningScript = null; // so that a refresh meanwhile does not load the bots
  runAction(card, () => callControl("DELETE", "/bots"), "Bots stopped.");
});

for (const button of $$("[data-speed]", card)) {
  const speed = Number(button.dataset.speed);
  button.addEventListener("click", () =>
    runAction(card, async () => {
      const { now } = await callControl("GET", "/clock");
      return callControl("PUT", "/clock", { body: { mode: "real", now, speed } });
    }),
  );
}
for (const button of $$("[data-seconds]", card)) {
  const body = { seconds: Number(button.dataset.seconds) };
  button.addEventListener("click", () =>
    runAction(card, () => callControl("POST", "/clock/advance", { body })),
  );
}

// A link cannot send a token, so it does not work where one is required.
$("#transcript-text").hidden = enteredToken() !== null;
$("#transcript-text").href = `/_sandbox/bots/transcript?format=text&sandbox=${sandboxName}`;

const { data: scripts } = await callControl("GET", "/bots/scripts").catch(() => ({ data: [] }));
form.elements.script.append(
  ...scripts.map(({ name }) => createElement("option", { value: name }, name)),
);
