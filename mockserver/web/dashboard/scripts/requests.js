/** The panel of requests: the journal as it grows, and one of them whole. */

import "./shell.js";
import { block, many } from "./blocks.js";
import { confirmed } from "./confirm.js";
import { base, control, token } from "./connection.js";
import { $, attempt, say } from "./dom.js";
import { Panes } from "./panes.js";
import { beat, follow } from "./pulse.js";
import { detail } from "./request-detail.js";
import { check, filter, narrows, recall, remember, wanted } from "./request-filter.js";
import { RequestLog } from "./request-log.js";
import { fill } from "./request-row.js";

const log = new RequestLog();
const form = $("#filters");
const pause = $("#pause");
const panes = new Panes({
  id: /^#(req_\d+)$/,
  heading: "h2",
  back: "← All requests",
  load: async (id) => detail(await control("GET", `/requests/${id}`)),
});

let latest = null; // the last pulse
let caughtUp = null; // the one whose requests are shown
let isPaused = false;
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
  panes.draw(found, fill);
  const total = log.rows.length;
  const part = narrows(asked) ? `${found.length.toLocaleString("en")} of ` : "";
  say(document, "#count", total ? part + many(total, "request") : "");
  const gone = many(log.evicted, "older one was", "older ones were");
  say(document, "#evicted", log.evicted ? `${gone} let go: the journal holds only so much` : "");
  $("#none").hidden = total > 0;
  $("#no-match").hidden = total === 0 || found.length > 0;
  $("#forget").disabled = total === 0;
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
  await panes.open();
  await beat();
});

recall(form);
check(form);
asked = wanted(form);
const first = `curl -H 'Authorization: Bearer ${token()}' ${base()}/v1/contacts`;
$("#none").append(block("Try it in a terminal", first));
panes.open();
