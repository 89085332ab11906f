/** Start here: what a client needs, the first request, and how one fails. */

import "./shell.js";

import { confirmed } from "./confirm.js";
import { control, defaultSandbox, sandbox, sandboxes } from "./connection.js";
import { $, $$, copy, notice, reconcile, stamp, tell } from "./dom.js";
import { act, submits } from "./form.js";
import { follow } from "./pulse.js";
import { request, showAnswer } from "./sending.js";
import { show as showSnippets } from "./snippets.js";
import { setUpTabs } from "./tabs.js";
import { watch } from "./watch.js";

const MODES = { step: "a second for each change", frozen: "frozen", real: "real" };

showSnippets();
setUpTabs($(".tabs"));

for (const button of $$("[data-copy]")) {
  button.addEventListener("click", () => {
    const what = button.dataset.what;
    copy($(`#${button.dataset.copy}`).textContent.trim(), `Copied ${what}`);
  });
}

/* What is sent from here, as a client would send it. */

const SENT = {
  first: () => request("GET", "/conversations?limit=3"),
  prefer: () => request("GET", "/contacts", { headers: { Prefer: "code=503" } }),
  code: () => request("GET", "/contacts?__code=404"),
  message: () => request("POST", "/messages", { form: message() }),
  limited: () => request("GET", "/contacts?limit=1"),
  revoked: () => request("GET", "/contacts", { headers: { Authorization: "Bearer revoked_1" } }),
};

function message() {
  return { message: "Good evening.", conversation_id: $("[data-conversation]").textContent };
}

for (const button of $$("[data-send]")) {
  const name = button.dataset.send;
  button.addEventListener("click", async () =>
    showAnswer($(`#answer-${name}`), await SENT[name]()),
  );
}

/* What is bent, and put right again. */

const RULE = {
  match: { operation: "messages.create" },
  times: 1,
  fault: { type: "error", status: 503, retry_after: 2 },
};
const LIMIT = { limit: 2, window_seconds: 60 };
const DONE = {
  rule: [
    () => control("POST", "/faults", { body: RULE }),
    "The next message will be refused. Send one, from here or from your client",
  ],
  limit: [
    () => control("PUT", "/rate-limit", { body: LIMIT }),
    "Two requests pass; the third is one too many",
  ],
  unlimit: [() => control("DELETE", "/rate-limit"), "There is no rate limit any more"],
  mend: [
    () => control("POST", "/reset", { body: { only: ["faults", "rate_limit"] } }),
    "All requests are answered as usual",
  ],
};

for (const button of $$("[data-do]")) {
  const [action, done] = DONE[button.dataset.do];
  const place = button.closest("article") ?? $("#example-rule").closest("article");
  button.addEventListener("click", () => act(place, action, `${done}.`));
}

function showBent(shown) {
  const faults = shown.faults === 1 ? "1 fault rule" : `${shown.faults} fault rules`;
  const limit = shown.rate_limit;
  const told = [
    shown.faults ? faults : null,
    limit ? `a rate limit (${limit.used} of ${limit.limit} used)` : null,
  ].filter(Boolean);
  $("#bent").hidden = told.length === 0;
  const text = `In force in this sandbox: ${told.join(" and ")}.`;
  if ($("#bent span").textContent !== text) $("#bent span").textContent = text;
}

/* The sandboxes. */

function addressOf(name) {
  return name === defaultSandbox ? "/" : `/?sandbox=${name}`;
}

function newEntry({ name }) {
  const entry = stamp("a-sandbox");
  const link = $("a", entry);
  link.textContent = name;
  link.href = addressOf(name);
  const button = $("button", entry);
  button.setAttribute("aria-label", `Delete the sandbox ${name}`);
  button.addEventListener("click", () => remove(name));
  button.hidden = name === "default"; // the server keeps that one
  const isHere = name === sandbox;
  $(".tag", entry).hidden = !isHere;
  if (isHere) link.setAttribute("aria-current", "page");
  return entry;
}

function counted(counts) {
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  return told.map(([kind, count]) => `${count} ${kind}${count === 1 ? "" : "s"}`).join(", ");
}

function showSandboxes(all) {
  const key = (each) => each.name;
  reconcile($("#sandboxes"), all, key, newEntry, (entry, { counts }) => {
    const text = counted(counts) || "empty";
    if ($(".counts", entry).textContent !== text) $(".counts", entry).textContent = text;
  });
}

async function remove(name) {
  const detail = "All that it holds is forgotten: objects, journal, snapshots, faults, webhooks.";
  if (!(await confirmed(`Delete the sandbox ${name}?`, detail, "Delete it"))) return;
  const place = $("#open-sandbox");
  const done = await act(place, () => control("DELETE", `/sandboxes/${name}`), `${name} is gone.`);
  if (done && name === sandbox) location.assign("/");
}

submits($("#open-sandbox"), async ({ name = "", fixtures }) => {
  const isOpen = (await sandboxes()).some((each) => each.name === name);
  if (isOpen && fixtures) throw new Error(`there is a sandbox '${name}' already`);
  if (!isOpen) await control("POST", "/sandboxes", { body: { name, fixtures } });
  location.assign(addressOf(name));
});

/* What the page shows, and keeps showing. */

function showServer(shown) {
  $("#seed").textContent = shown.seed;
  $("#holds").textContent = counted(shown.counts) || "nothing";
  tell($("#server-clock"), shown.clock.now);
  $("#server-mode").textContent = MODES[shown.clock.mode];
}

watch(async () => {
  const all = await sandboxes();
  showSandboxes(all);
  const shown = all.find((each) => each.name === sandbox);
  if (shown) {
    showServer(shown);
    showBent(shown);
  }
});

/** A conversation in which the example can say something. */
follow(async () => {
  const { data } = await control("GET", "/chats", { query: { limit: 1, sandbox } });
  if (data.length) $("[data-conversation]").textContent = data[0].conversation.id;
}, "world");

async function showSettings() {
  const { settings } = await control("GET", "");
  $("#fixtures").textContent = settings.fixtures;
  $("#any-token").hidden = settings.token > 0;
  $("#own-token").hidden = settings.token === 0;
}
showSettings().catch((error) => notice(error.message, "bad"));
