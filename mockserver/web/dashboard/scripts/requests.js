/** The Requests page: the journal, live, and the details of the selected request. */

import "./header.js";
import { confirmAction, tryAction } from "./actions.js";
import { callControl, clientBaseUrl, clientToken } from "./api-client.js";
import { $, $$, setText } from "./dom.js";
import { codeBlock } from "./elements.js";
import { formatCount, pluralize } from "./format.js";
import { ListDetail } from "./list-detail.js";
import { pollNow, subscribe } from "./poller.js";
import { requestDetail } from "./request-detail.js";
import {
  fillFilterFromUrl,
  isFilterActive,
  readFilter,
  requestMatcher,
  saveFilterToUrl,
  validateFilter,
} from "./request-filter.js";
import { RequestLog, renderRequestRow } from "./request-list.js";

const log = new RequestLog();
const form = $("#filters");
const pauseButton = $("#pause");
const view = new ListDetail({
  idPattern: /^#(req_\d+)$/,
  headingTag: "h2",
  backText: "← All requests",
  load: async (id) => requestDetail(await callControl("GET", `/requests/${id}`)),
});

let latest = null; // the last counters polled
let loading = Promise.resolve(); // the last load of requests
let rendered = null; // the counters when the list was rendered
let isPaused = false;
let filter = {};
let isFilterChanged = false; // by the user, and the number of matches is not announced yet

subscribe(
  async (counters) => {
    latest = counters;
    if (!isPaused) await catchUp();
    renderPauseButton();
  },
  "requests",
  "last_request",
);

/** Show what clients must change so that their requests reach this sandbox. */
async function renderStrays() {
  const { advice } = await callControl("GET", "/strays");
  setText(document, "#strays", advice.join("\n"));
}

subscribe(renderStrays, "strays");

/** Load and show the new requests, after any load in progress: both would append the same. */
function catchUp() {
  loading = loading.catch(() => {}).then(loadRequests);
  return loading;
}

async function loadRequests() {
  const counters = latest;
  await log.catchUp(counters);
  rendered = counters;
  render();
}

/** Show the requests that match the filter, newest first. */
function render() {
  const matches = log.rows.filter(requestMatcher(filter)).reverse();
  view.render(matches, renderRequestRow);
  const total = log.rows.length;
  const matching = isFilterActive(filter) ? `${formatCount(matches.length)} of ` : "";
  setText(document, "#count", total ? matching + pluralize(total, "request") : "");
  setText(
    document,
    "#evicted",
    log.evicted ? `${formatCount(log.evicted)} older requests dropped` : "",
  );
  $("#empty-list").hidden = total > 0;
  $("#no-match").hidden = total === 0 || matches.length > 0;
  $("#clear-journal").disabled = total === 0;
  if (isFilterChanged) announceMatches();
}

/** Announce the number of matches to screen readers: after a change of the filter only. */
function announceMatches() {
  isFilterChanged = false;
  $("#match-count").textContent = isFilterActive(filter)
    ? $("#count").textContent
    : "All requests are shown";
}

function renderPauseButton() {
  const count = latest && rendered ? Math.max(latest.requests - rendered.requests, 0) : 0;
  const suffix = isPaused && count ? ` (${formatCount(count)} new)` : "";
  pauseButton.textContent = isPaused ? `Resume${suffix}` : "Pause";
}

pauseButton.addEventListener("click", async () => {
  isPaused = !isPaused;
  $("#paused").hidden = !isPaused;
  if (!isPaused && latest) await tryAction(catchUp);
  renderPauseButton();
});

/* The filter. */

function applyFilter() {
  validateFilter(form);
  filter = readFilter(form);
  saveFilterToUrl(filter);
  isFilterChanged = true;
  if (rendered) render(); // else when the requests are loaded
}

form.addEventListener("input", applyFilter);
form.addEventListener("submit", (event) => event.preventDefault());
for (const button of $$(".clear")) {
  button.addEventListener("click", () => {
    form.reset();
    applyFilter();
    form.elements.what.focus();
  });
}

$("#clear-journal").addEventListener("click", async () => {
  const explanation = "This empties the journal; the sandbox's data is not changed.";
  if (!(await confirmAction("Delete all requests?", explanation, "Delete all"))) return;
  const clear = () => callControl("DELETE", "/requests");
  if (!(await tryAction(clear, "All requests deleted."))) return;
  history.pushState(null, "", location.pathname + location.search);
  await view.openFromHash();
  await pollNow();
});

fillFilterFromUrl(form);
validateFilter(form);
filter = readFilter(form);
const curl = `curl -H 'Authorization: Bearer ${clientToken()}' ${clientBaseUrl()}/v1/contacts`;
$("#empty-list").append(codeBlock("Try it in a terminal", curl));
view.openFromHash();
