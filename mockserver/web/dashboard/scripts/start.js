/** The start page: base URL and token, a first request, requests that fail, sandboxes. */

import "./header.js";
import { confirmAction, copyText, runAction, showNotice } from "./actions.js";
import {
  callControl,
  clientBaseUrl,
  clientToken,
  defaultSandbox,
  enteredToken,
  listSandboxes,
  sandboxName,
} from "./api-client.js";
import { $, $$, cloneTemplate, reconcileChildren, setTime } from "./dom.js";
import { handleSubmit } from "./form.js";
import { pluralize } from "./format.js";
import { startRefreshing, subscribe } from "./poller.js";
import { setUpTabs } from "./roving-focus.js";
import { sendRequest, showResponse } from "./sample-request.js";

const CLOCK_MODES = { step: "one second per change", frozen: "frozen", real: "real" };

/* The snippets. */

/** How a token is quoted in a snippet's language. */
const QUOTES = {
  "": (text) => text,
  shell: (text) => text.replaceAll("'", "'\\''"),
  string: (text) => JSON.stringify(text).slice(1, -1),
};

/** Use the entered token, if any, in the snippets. */
function showEnteredToken() {
  if (!enteredToken()) return;
  for (const element of $$("[data-token]")) {
    element.textContent = QUOTES[element.dataset.token](clientToken());
  }
  for (const element of $$("[data-base]")) element.textContent = clientBaseUrl();
  for (const element of $$("[data-query]")) element.textContent = `?sandbox=${sandboxName}`;
  $("#docs").href = `/docs?token=${encodeURIComponent(clientToken())}`;
}

showEnteredToken();
setUpTabs($(".tabs"));

for (const button of $$("[data-copy]")) {
  button.addEventListener("click", () => {
    const text = $(`#${button.dataset.copy}`).textContent.trim();
    copyText(text, `Copied ${button.dataset.what}`);
  });
}

/* Sample requests. */

const SAMPLE_REQUESTS = {
  first: () => sendRequest("GET", "/conversations?limit=3"),
  prefer: () => sendRequest("GET", "/contacts", { headers: { Prefer: "code=503" } }),
  code: () => sendRequest("GET", "/contacts?__code=404"),
  message: () => sendRequest("POST", "/messages", { form: sampleMessage() }),
  limited: () => sendRequest("GET", "/contacts?limit=1"),
  revoked: () =>
    sendRequest("GET", "/contacts", { headers: { Authorization: "Bearer revoked_1" } }),
};

function sampleMessage() {
  return { message: "Good evening.", conversation_id: $("[data-conversation]").textContent };
}

for (const button of $$("[data-send]")) {
  const name = button.dataset.send;
  button.addEventListener("click", async () =>
    showResponse($(`#response-${name}`), await SAMPLE_REQUESTS[name]()),
  );
}

/* Faults and the rate limit. */

const SAMPLE_RULE = {
  match: { operation: "messages.create" },
  times: 1,
  fault: { type: "error", status: 503, retry_after: 2 },
};
const SAMPLE_LIMIT = { limit: 2, window_seconds: 60 };
const ACTIONS = {
  rule: [
    () => callControl("POST", "/faults", { body: SAMPLE_RULE }),
    "The next message will fail. Send one from here or from your client.",
  ],
  limit: [
    () => callControl("PUT", "/rate-limit", { body: SAMPLE_LIMIT }),
    "Rate limit set: the third request fails.",
  ],
  unlimit: [() => callControl("DELETE", "/rate-limit"), "Rate limit removed."],
  clear: [
    () => callControl("POST", "/reset", { body: { only: ["faults", "rate_limit"] } }),
    "Faults and rate limit removed.",
  ],
};

for (const button of $$("[data-do]")) {
  const [action, successText] = ACTIONS[button.dataset.do];
  const container = button.closest("article") ?? $("#example-rule").closest("article");
  button.addEventListener("click", () => runAction(container, action, successText));
}

function showActiveFaults({ faults, rate_limit: limit }) {
  const active = [
    faults ? pluralize(faults, "fault rule") : null,
    limit ? `a rate limit (${limit.used} of ${limit.limit} used)` : null,
  ].filter(Boolean);
  $("#active-faults").hidden = active.length === 0;
  const text = `Active in this sandbox: ${active.join(" and ")}.`;
  if ($("#active-faults span").textContent !== text) $("#active-faults span").textContent = text;
}

/* The sandboxes. */

const startUrl = (name) => (name === defaultSandbox ? "/" : `/?sandbox=${name}`);

function createSandboxItem({ name }) {
  const item = cloneTemplate("sandbox-item");
  const link = $("a", item);
  link.textContent = name;
  link.href = startUrl(name);
  const button = $("button", item);
  button.setAttribute("aria-label", `Delete the sandbox ${name}`);
  button.addEventListener("click", () => deleteSandbox(name));
  button.hidden = name === "default"; // it cannot be deleted
  const isCurrent = name === sandboxName;
  $(".tag", item).hidden = !isCurrent;
  if (isCurrent) link.setAttribute("aria-current", "page");
  return item;
}

function describeCounts(counts) {
  const entries = Object.entries(counts).filter(([, count]) => count > 0);
  return entries.map(([kind, count]) => `${count} ${kind}${count === 1 ? "" : "s"}`).join(", ");
}

function showSandboxes(sandboxes) {
  reconcileChildren(
    $("#sandboxes"),
    sandboxes,
    ({ name }) => name,
    createSandboxItem,
    (item, { counts }) => {
      const text = describeCounts(counts) || "empty";
      if ($(".counts", item).textContent !== text) $(".counts", item).textContent = text;
    },
  );
}

async function deleteSandbox(name) {
  const explanation =
    "This deletes everything in it: objects, journal, snapshots, faults, webhooks.";
  if (!(await confirmAction(`Delete the sandbox ${name}?`, explanation, "Delete"))) return;
  const remove = () => callControl("DELETE", `/sandboxes/${name}`);
  const succeeded = await runAction($("#open-sandbox"), remove, `Sandbox ${name} deleted.`);
  if (succeeded && name === sandboxName) location.assign("/");
}

handleSubmit($("#open-sandbox"), async ({ name = "", fixtures }) => {
  const exists = (await listSandboxes()).some((sandbox) => sandbox.name === name);
  if (exists && fixtures) throw new Error(`the sandbox '${name}' already exists`);
  if (!exists) await callControl("POST", "/sandboxes", { body: { name, fixtures } });
  location.assign(startUrl(name));
});

/* The server. */

function showSandboxFacts({ seed, counts, clock }) {
  $("#seed").textContent = seed;
  $("#counts").textContent = describeCounts(counts) || "nothing";
  setTime($("#server-clock"), clock.now);
  $("#server-mode").textContent = CLOCK_MODES[clock.mode];
}

startRefreshing(async () => {
  const sandboxes = await listSandboxes();
  showSandboxes(sandboxes);
  const current = sandboxes.find(({ name }) => name === sandboxName);
  if (current) {
    showSandboxFacts(current);
    showActiveFaults(current);
  }
});

/** Use the latest conversation in the sample message. */
subscribe(async () => {
  const query = { limit: 1, sandbox: sandboxName };
  const { data } = await callControl("GET", "/conversations", { query });
  if (data.length) $("[data-conversation]").textContent = data[0].conversation.id;
}, "world");

async function showSettings() {
  const { settings } = await callControl("GET", "");
  $("#fixtures").textContent = settings.fixtures;
  $("#any-token").hidden = settings.token > 0;
  $("#own-token").hidden = settings.token === 0;
}
showSettings().catch((error) => showNotice(error.message, "bad"));
