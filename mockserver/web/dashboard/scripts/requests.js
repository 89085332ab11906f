/** The panel of requests: the journal as it grows, and one of them whole. */

import "./shell.js";
import { block, many } from "./blocks.js";
import { confirmed } from "./confirm.js";
import { base, control, token } from "./connection.js";
import { $, attempt, make, reconcile, say, stamp } from "./dom.js";
import { beat, follow } from "./pulse.js";
import { detail } from "./request-detail.js";
import { check, filter, narrows, recall, remember, wanted } from "./request-filter.js";
import { RequestLog } from "./request-log.js";
import { fill } from "./request-row.js";
import { linkOf, mark, rove } from "./rows.js";

const ID = /^#(req_\d+)$/;
const log = new RequestLog();
const form = $("#filters");
const list = $("#rows");
const shown = $("#detail");
const pause = $("#pause");

let latest = null; // the last pulse
let caughtUp = null; // the one whose requests are shown
let isPaused = false;
let chosen = null;
let asked = {};

follow(
  async (pulse) => {
    latest = pulse;
    if (!isPaused) await catchUp();
    drawPause();
  },
  "requests",
  "last_request",
);

async function catchUp() {
  await log.catchUp(latest);
  caughtUp = latest;
  draw();
}

/** Show what the log holds, of what is asked for; the newest comes first. */
function draw() {
  const found = log.rows.filter(filter(asked)).reverse();
  reconcile(
    list,
    found,
    (each) => each.id,
    () => stamp("row"),
    fill,
  );
  mark(list, chosen);
  const total = log.rows.length;
  const part = narrows(asked) ? `${found.length.toLocaleString("en")} of ` : "";
  say(document, "#count", total ? part + many(total, "request") : "");
  const gone = many(log.evicted, "older one was", "older ones were");
  say(document, "#evicted", log.evicted ? `${gone} let go: the journal holds only so much` : "");
  $("#none").hidden = total > 0;
  $("#no-match").hidden = total === 0 || found.length > 0;
  $("#forget").disabled = total === 0;
  list.hidden = found.length === 0;
}

function drawPause() {
  const count = latest && caughtUp ? Math.max(latest.requests - caughtUp.requests, 0) : 0;
  const news = isPaused && count ? ` (${count.toLocaleString("en")} new)` : "";
  pause.textContent = isPaused ? `Follow${news}` : "Pause";
}

pause.addEventListener("click", async () => {
  isPaused = !isPaused;
  $("#paused").hidden = !isPaused;
  if (!isPaused && latest) await attempt(catchUp);
  drawPause();
});

// what is asked for

function ask() {
  check(form);
  asked = wanted(form);
  remember(asked);
  draw();
  $("#found").textContent = narrows(asked) ? $("#count").textContent : "All requests are shown";
}

form.addEventListener("input", ask);
form.addEventListener("submit", (event) => event.preventDefault());
for (const button of document.querySelectorAll(".clear")) {
  button.addEventListener("click", () => {
    form.reset();
    ask();
    form.elements.what.focus();
  });
}

$("#forget").addEventListener("click", async () => {
  const explained = "The journal of this sandbox is emptied; its world stays as it is.";
  if (!(await confirmed("Forget all requests?", explained, "Forget all"))) return;
  if (!(await attempt(() => control("DELETE", "/requests"), "The journal is empty."))) return;
  history.pushState(null, "", location.pathname + location.search);
  await open();
  await beat();
});

// the chosen one

/** Show what the address names, or that nothing is chosen; go there if the reader has asked. */
async function open(isAsked = false) {
  const before = chosen;
  chosen = ID.exec(location.hash)?.[1] ?? null;
  $("#main").classList.toggle("open", chosen !== null);
  mark(list, chosen);
  if (chosen === null) {
    shown.replaceChildren($("#choose").content.cloneNode(true));
    if (before) linkOf(list, before)?.focus();
    return;
  }
  const id = chosen;
  const parts = await control("GET", `/requests/${id}`).then(detail, missing);
  if (chosen !== id) return; // another one was chosen meanwhile
  shown.replaceChildren(back(), ...parts);
  shown.scrollTop = 0;
  if (isAsked) $("h2", shown).focus({ preventScroll: matchMedia("(min-width: 64rem)").matches });
}

function missing(error) {
  const said = error.status === 404 ? "It is not there" : "It cannot be shown";
  return [make("h2", { tabIndex: -1 }, said), make("p", {}, error.message)];
}

const back = () => make("a", { className: "back", href: "#" }, "← All requests");

window.addEventListener("hashchange", () => {
  // The link that skips to the content names something else.
  if (location.hash === "" || ID.test(location.hash)) open(true);
});

recall(form);
check(form);
asked = wanted(form);
rove(list);
const first = `curl -H 'Authorization: Bearer ${token()}' ${base()}/v1/contacts`;
$("#none").append(block("Try it in a terminal", first));
open();
