/** The Clock card: mode, current time, and advancing it. */

import { runAction, showErrors } from "./actions.js";
import { callControl } from "./api-client.js";
import { $, $$, createElement, createTime, setText, setTime } from "./dom.js";
import { clearEdits, fillForm, handleSubmit, trackEdits } from "./form.js";
import { formatDateTime, pluralize } from "./format.js";
import { subscribe } from "./poller.js";

const MODE_DESCRIPTIONS = {
  step: "Advances one second for each request that changes something, so every test run is the same.",
  frozen: "Stands still until you advance or set it.",
  real: "Follows the machine’s clock, so test runs differ.",
};
const MAX_ACTIONS_LISTED = 20;

const card = $("#card-clock");
const modeButtons = $$("[data-mode]", card);
const setForm = $("#set-clock");

const describeMode = ({ mode, speed = 1 }) =>
  speed === 1
    ? MODE_DESCRIPTIONS[mode]
    : `Runs ${speed.toLocaleString("en")} times as fast as the machine’s clock.`;

subscribe(({ clock }) => {
  setTime($("#clock-now"), clock.now);
  for (const button of modeButtons) {
    button.setAttribute("aria-pressed", String(button.dataset.mode === clock.mode));
  }
  setText(card, "#clock-about", describeMode(clock));
  fillForm(setForm, { now: new Date(clock.now * 1000).toISOString().slice(0, 19) });
}, "clock");

for (const button of modeButtons) {
  const body = { mode: button.dataset.mode };
  button.addEventListener("click", () =>
    runAction(card, () => callControl("PUT", "/clock", { body })),
  );
}

trackEdits(setForm);
handleSubmit(setForm, async ({ now }) => {
  if (!now) throw new Error("now: enter a date and a time");
  await callControl("PUT", "/clock", { body: { now: Date.parse(`${now}Z`) / 1000 } });
  clearEdits(setForm);
});

for (const button of $$("[data-seconds]", card)) {
  const seconds = Number(button.dataset.seconds);
  button.addEventListener("click", () => runAction(card, () => advance(seconds)));
}
handleSubmit($("#advance"), ({ amount, unit }) => {
  showErrors(card, null);
  const seconds = unit === "1" ? amount : Math.round(amount * Number(unit));
  return advance(amount === undefined ? undefined : seconds);
});

async function advance(seconds) {
  const result = await callControl("POST", "/clock/advance", { body: { seconds } });
  showAdvanceResult(result);
}

/** Show what ran while time advanced, and what is still scheduled. */
function showAdvanceResult({ fired, pending, next_due: next }) {
  const items = fired.slice(0, MAX_ACTIONS_LISTED).map(firedItem);
  const more = fired.length - MAX_ACTIONS_LISTED;
  if (more > 0) items.push(createElement("li", { className: "faint" }, `… and ${more} more`));
  const first = next === null ? "" : `, the first at ${formatDateTime(next)} UTC`;
  const scheduled = pending ? `Still scheduled: ${pending}${first}.` : "Nothing else is scheduled.";
  const count = pluralize(fired.length, "action was", "actions were");
  const heading = fired.length ? `${count} due:` : "Nothing was due.";
  const parts = [
    createElement("p", {}, heading),
    items.length ? createElement("ol", {}, ...items) : null,
    createElement("p", { className: "faint" }, scheduled),
  ];
  $("#advance-result").replaceChildren(...parts.filter(Boolean));
}

function firedItem({ at, type, event, webhook, attempt, state }) {
  const text =
    type === "delivery.attempt"
      ? `${event} to ${webhook}, attempt ${attempt}: ${state}`
      : type.replace("rate_limit.reset", "rate limit window ended");
  return createElement("li", {}, createTime(at), " ", text);
}
