/** The Webhooks page: webhooks, delivery rules, test events, the delivery log and the inbox. */

import "./header.js";
import { showNotice, tryAction } from "./actions.js";
import { callControl, clientBaseUrl, clientToken, origin } from "./api-client.js";
import { deliveryDetail } from "./delivery-detail.js";
import { DeliveryLog, loadDeliveryCounts, renderDeliveryRow, stateTag } from "./delivery-list.js";
import { refreshDeliveryRules, setUpDeliveryRules, showHeldCount } from "./delivery-rules.js";
import { $, $$, createElement, reconcileChildren, setText, setTime } from "./dom.js";
import { codeBlock } from "./elements.js";
import { addOptions, loadEventTypes } from "./event-types.js";
import { formatCount, pluralize } from "./format.js";
import { ListDetail } from "./list-detail.js";
import { pollNow, subscribe } from "./poller.js";
import { openWebhookForm, setUpWebhookForm } from "./webhook-form.js";
import { refreshInbox } from "./webhook-inbox.js";
import { refreshWebhooks, setUpWebhookList, useBuiltInInbox } from "./webhook-list.js";

const FILTERS = ["webhook", "state", "type", "event"];
const log = new DeliveryLog();
const form = $("#filters");
const webhookNames = new Map(); // by id, including deleted webhooks
const webhookName = (id) => webhookNames.get(id);
const view = new ListDetail({
  idPattern: /^#(delivery_\d+)$/,
  headingTag: "h3",
  backText: "← All deliveries",
  load: loadDetail,
});

let version = 0; // the deliveries counter
let isFilterChanged = false; // by the user, and the number of matches is not announced yet
let updateDetail = null; // updates the details of the selected delivery

/** Refresh everything that a delivery can change. */
async function refreshDeliveries() {
  await refreshHooks();
  await Promise.all([refreshLog(), refreshCounts(), refreshDetail()]);
}

async function refreshHooks() {
  for (const { id, name } of await refreshWebhooks()) webhookNames.set(id, name);
  const select = form.elements.webhook;
  const selected = select.value || new URLSearchParams(location.search).get("webhook") || "";
  if (selected && !webhookNames.has(selected)) webhookNames.set(selected, selected);
  reconcileChildren(
    select,
    ["", ...webhookNames.keys()],
    (id) => id,
    (id) => createElement("option", { value: id }),
    (option, id) => {
      option.textContent = id ? `${webhookNames.get(id)} (${id})` : "any";
    },
  );
  select.value = selected;
}

async function refreshLog() {
  if (!(await log.catchUp(version))) return; // the load for the new filter renders the log
  const rows = log.rows.toReversed();
  view.render(rows, (row, delivery) => renderDeliveryRow(row, delivery, webhookName));
  const isFiltered = Object.keys(readFilter()).length > 0;
  $("#empty-list").hidden = rows.length > 0 || isFiltered;
  $("#no-match").hidden = rows.length > 0 || !isFiltered;
  const older = log.older ? `${formatCount(log.older)} older deliveries are not shown. ` : "";
  const evicted = log.evicted ? `${formatCount(log.evicted)} older deliveries were dropped.` : "";
  setText(document, "#more", older + evicted);
  if (isFilterChanged) announceMatches();
}

/** Announce the number of matches to screen readers: after a change of the filter only. */
function announceMatches() {
  isFilterChanged = false;
  const count = pluralize(log.rows.length + log.older, "delivery is", "deliveries are");
  $("#match-count").textContent = `${count} shown`;
}

async function refreshCounts() {
  const { counts, next_due: due } = await loadDeliveryCounts();
  const entries = Object.entries(counts).filter(([, count]) => count);
  const tags = entries.map(([state, count]) => stateTag(state, `${formatCount(count)} ${state}`));
  $("#counts").replaceChildren(...tags);
  showHeldCount(counts.held);
  $("#due").hidden = due === null;
  setTime($("#due time"), due);
}

/* The filter. */

/** Return the filters that are set. */
function readFilter() {
  const values = FILTERS.map((name) => [name, form.elements[name].value.trim()]);
  return Object.fromEntries(values.filter(([, value]) => value));
}

async function applyFilter() {
  const url = new URL(location.href);
  for (const name of FILTERS) url.searchParams.delete(name);
  for (const [name, value] of Object.entries(readFilter())) url.searchParams.set(name, value);
  history.replaceState(null, "", url);
  log.setFilter(readFilter());
  isFilterChanged = true;
  await tryAction(refreshLog);
}

function setFilter(values) {
  for (const name of FILTERS) form.elements[name].value = values[name] ?? "";
  return applyFilter();
}

form.addEventListener("input", applyFilter);
form.addEventListener("submit", (event) => event.preventDefault());
for (const button of $$(".clear")) button.addEventListener("click", () => setFilter({}));

/* The selected delivery. */

async function loadDetail(id, isCurrent) {
  updateDetail = null;
  const delivery = await callControl("GET", `/deliveries/${id}`);
  const { elements, update } = deliveryDetail(delivery, webhookName, pollNow);
  if (isCurrent()) updateDetail = update;
  return elements;
}

async function refreshDetail() {
  const id = view.selectedId;
  if (!id || !updateDetail) return;
  try {
    const delivery = await callControl("GET", `/deliveries/${id}`);
    if (view.selectedId === id) updateDetail?.(delivery);
  } catch (error) {
    if (error.status !== 404) throw error;
    if (view.selectedId === id) await view.openFromHash(); // shows that it is gone
  }
}

/* Actions. */

$("#register").addEventListener("click", () => tryAction(() => openWebhookForm()));
$("#use-inbox").addEventListener("click", () => tryAction(useBuiltInInbox));
$("#redeliver-failed").addEventListener("click", async () => {
  await tryAction(async () => {
    const { data } = await callControl("POST", "/deliveries/redeliver", { body: { since: 0 } });
    const text = `${pluralize(data.length, "delivery", "deliveries")} sent again.`;
    showNotice(data.length ? text : "No failed deliveries.");
  });
  await pollNow();
});

$("#trigger").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { type, override } = event.target.elements;
  try {
    const body = { type: type.value };
    if (override.value.trim()) body.override = JSON.parse(override.value);
    const sent = await callControl("POST", "/webhooks/trigger", { body });
    setText(document, "#trigger-problem", "");
    showNotice(`Sent ${sent.type} as event ${sent.id}.`);
  } catch (error) {
    setText(document, "#trigger-problem", error.message);
  }
  await pollNow();
});

async function setUpPage() {
  const types = await loadEventTypes();
  addOptions($("#filter-type"), types);
  addOptions($("#trigger-type"), types);
  $("#trigger-type").value = "message.created";
  await setUpDeliveryRules(pollNow);
  const query = new URLSearchParams(location.search);
  for (const name of FILTERS.slice(1)) form.elements[name].value = query.get(name) ?? "";
  await refreshHooks(); // fills the webhook filter
  log.setFilter(readFilter());
  subscribe(async (counters) => {
    version = counters.deliveries;
    await Promise.all([refreshDeliveries(), refreshDeliveryRules(), refreshInbox()]);
  }, "deliveries");
  subscribe(
    () => Promise.all([refreshHooks(), refreshDeliveryRules()]),
    "webhooks",
    "delivery_rules",
  );
  subscribe(refreshInbox, "received");
  await view.openFromHash();
}

async function refreshAll() {
  await Promise.all([refreshDeliveries(), refreshInbox()]);
  await pollNow();
}

setUpWebhookForm(refreshAll);
setUpWebhookList(refreshAll, async ({ id }) => {
  await setFilter({ webhook: id });
  $("#deliveries-title").scrollIntoView();
  form.elements.webhook.focus();
});

const curl = (url, body) =>
  `curl -H 'Authorization: Bearer ${clientToken()}' ${url} \\\n  --json '${JSON.stringify(body)}'`;
const webhook = { url: "http://127.0.0.1:9000/hook", events: ["message.*"] };
const contact = { username: "Buzz", phone_number: "1" };
$("#no-hooks").append(
  codeBlock("Register a webhook in a terminal", curl(`${origin}/_sandbox/webhooks`, webhook)),
);
$("#empty-list").append(
  codeBlock("Try it in a terminal", curl(`${clientBaseUrl()}/v1/contacts`, contact)),
);
tryAction(setUpPage);
