/** The panel of webhooks: who is told, what was delivered, and what is done to deliveries. */

import "./shell.js";
import { block, many } from "./blocks.js";
import { base, control, token } from "./connection.js";
import { $, $$, attempt, make, notice, reconcile, say, tell } from "./dom.js";
import { detail } from "./delivery-detail.js";
import { counted, DeliveryLog } from "./delivery-log.js";
import { filler, stateTag } from "./delivery-row.js";
import { eventTypes, offer } from "./event-types.js";
import { Panes } from "./panes.js";
import { beat, follow } from "./pulse.js";
import * as deliveryRules from "./delivery-rules.js";
import { openForm, prepare as prepareForm } from "./webhook-form.js";
import { drawInbox } from "./webhook-inbox.js";
import { drawHooks, prepare as prepareList, useInbox } from "./webhook-list.js";

const FILTERS = ["webhook", "state", "type", "event"];
const log = new DeliveryLog();
const form = $("#filters");
const names = new Map(); // of webhooks, also of those that are gone
const nameOf = (id) => names.get(id);
const fill = filler(nameOf);
const panes = new Panes({
  id: /^#(delivery_\d+)$/,
  heading: "h3",
  back: "← All deliveries",
  load,
});

let moves = 0;
let update = null; // brings the chosen one up to date

/** Show all that a delivery may have moved. */
async function redraw() {
  await showHooks();
  await Promise.all([showLog(), showCounts(), panes.chosen && refresh(panes.chosen)]);
}

async function showHooks() {
  const hooks = await drawHooks();
  for (const each of hooks) names.set(each.id, each.name);
  const select = form.elements.webhook;
  const wanted = select.value || new URLSearchParams(location.search).get("webhook") || "";
  if (wanted && !names.has(wanted)) names.set(wanted, wanted);
  const options = ["", ...names.keys()];
  reconcile(
    select,
    options,
    (id) => id,
    (id) => make("option", { value: id }),
    labelled,
  );
  select.value = wanted;
}

function labelled(option, id) {
  option.textContent = id ? `${names.get(id)} (${id})` : "any";
}

async function showLog() {
  await log.catchUp(moves);
  const rows = log.rows.toReversed();
  panes.draw(rows, fill);
  const isNarrow = Object.keys(asked()).length > 0;
  $("#none").hidden = rows.length > 0 || isNarrow;
  $("#no-match").hidden = rows.length > 0 || !isNarrow;
  const older = log.older ? `${log.older.toLocaleString("en")} older ones are not shown. ` : "";
  const gone = log.evicted ? `${log.evicted.toLocaleString("en")} were let go.` : "";
  say(document, "#more", older + gone);
}

async function showCounts() {
  const { counts, next_due: due } = await counted();
  const found = Object.entries(counts).filter(([, count]) => count);
  const tags = found.map(([state, count]) => {
    const each = stateTag(state);
    each.textContent = `${count.toLocaleString("en")} ${state}`;
    return each;
  });
  $("#counts").replaceChildren(...tags);
  deliveryRules.drawHeld(counts.held);
  $("#due").hidden = due === null;
  tell($("#due time"), due);
}

// what is asked for

/** The filters that are set. */
function asked() {
  const given = FILTERS.map((name) => [name, form.elements[name].value.trim()]);
  return Object.fromEntries(given.filter(([, value]) => value));
}

async function ask() {
  const url = new URL(location.href);
  for (const name of FILTERS) url.searchParams.delete(name);
  for (const [name, value] of Object.entries(asked())) url.searchParams.set(name, value);
  history.replaceState(null, "", url);
  log.ask(asked());
  if (!(await attempt(showLog))) return;
  $("#found").textContent =
    many(log.rows.length + log.older, "delivery is", "deliveries are") + " shown";
}

function askFor(values) {
  for (const name of FILTERS) form.elements[name].value = values[name] ?? "";
  return ask();
}

form.addEventListener("input", ask);
form.addEventListener("submit", (event) => event.preventDefault());
for (const button of $$(".clear")) button.addEventListener("click", () => askFor({}));

// the chosen one

async function load(id, isLatest) {
  update = null;
  const whole = await control("GET", `/deliveries/${id}`);
  const shown = detail(whole, nameOf, beat);
  if (isLatest()) update = shown.update;
  return shown.parts;
}

/** Bring the chosen one up to date. */
async function refresh(id) {
  if (!update) return;
  try {
    const whole = await control("GET", `/deliveries/${id}`);
    if (panes.chosen === id) update?.(whole);
  } catch (error) {
    if (error.status !== 404) throw error;
    if (panes.chosen === id) await panes.open(); // it is gone, which is told
  }
}

// what can be done

$("#register").addEventListener("click", () => attempt(() => openForm()));
$("#use-inbox").addEventListener("click", () => attempt(useInbox));
$("#redeliver-failed").addEventListener("click", async () => {
  await attempt(async () => {
    const { data } = await control("POST", "/deliveries/redeliver", { body: { since: 0 } });
    const said = many(data.length, "delivery is", "deliveries are");
    notice(data.length ? `${said} sent once more.` : "None has failed for good.");
  });
  await beat();
});

$("#trigger").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { type, override } = event.target.elements;
  try {
    const body = { type: type.value };
    if (override.value.trim()) body.override = JSON.parse(override.value);
    const sent = await control("POST", "/webhooks/trigger", { body });
    say(document, "#trigger-problem", "");
    notice(`${sent.type} is sent, as the event ${sent.id}.`);
  } catch (error) {
    say(document, "#trigger-problem", error.message);
  }
  await beat();
});

async function begin() {
  const types = await eventTypes();
  offer($("#filter-type"), types);
  offer($("#trigger-type"), types);
  $("#trigger-type").value = "message.created";
  await deliveryRules.prepare(beat);
  const query = new URLSearchParams(location.search);
  for (const name of FILTERS.slice(1)) form.elements[name].value = query.get(name) ?? "";
  await showHooks();
  log.ask(asked());
  follow(async (pulse) => {
    moves = pulse.deliveries;
    await Promise.all([redraw(), deliveryRules.drawRules(), drawInbox()]);
  }, "deliveries");
  follow(() => Promise.all([showHooks(), deliveryRules.drawRules()]), "webhooks", "delivery_rules");
  follow(drawInbox, "received");
  await panes.open();
}

const changed = async () => {
  await Promise.all([redraw(), drawInbox()]);
  await beat();
};
prepareForm(changed);
prepareList(changed, async (hook) => {
  await askFor({ webhook: hook.id });
  $("#deliveries-title").scrollIntoView();
  form.elements.webhook.focus();
});
const register = { url: "http://127.0.0.1:9000/hook", events: ["message.*"] };
$("#no-hooks").append(block("Or in a terminal", curl("/_sandbox/webhooks", register)));
const write = { username: "Buzz", phone_number: "1" };
$("#none").append(block("Try it in a terminal", curl("/v1/contacts", write)));
attempt(begin);

function curl(path, body) {
  const url = path.startsWith("/v1") ? base() + path : location.origin + path;
  const said = JSON.stringify(body);
  return `curl -H 'Authorization: Bearer ${token()}' ${url} \\\n  --json '${said}'`;
}
