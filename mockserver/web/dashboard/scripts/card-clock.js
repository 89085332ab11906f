/** The clock: how it goes, where it stands, and time that passes at once. */

import { control } from "./connection.js";
import { $, $$, make, say, tell, when } from "./dom.js";
import { act, fill, forgetTyped, keepTyped, refuse, submits } from "./form.js";
import { follow } from "./pulse.js";

const ABOUT = {
  step: "One second passes for each request that changes something: the same in every run.",
  frozen: "It stands still, whatever happens.",
  real: "It runs as the machine’s does, so that no run is quite the same.",
};
const about = ({ mode, speed = 1 }) =>
  speed === 1
    ? ABOUT[mode]
    : `It runs ${speed.toLocaleString("en")} times as fast as the machine’s.`;
const LISTED = 20;

const card = $("#card-clock");
const modes = $$("[data-mode]", card);
const moment = $("#set-clock");

follow(({ clock }) => {
  tell($("#clock-now"), clock.now);
  for (const each of modes) {
    each.setAttribute("aria-pressed", String(each.dataset.mode === clock.mode));
  }
  say(card, "#clock-about", about(clock));
  fill(moment, { now: new Date(clock.now * 1000).toISOString().slice(0, 19) });
}, "clock");

for (const each of modes) {
  each.addEventListener("click", () => {
    act(card, () => control("PUT", "/clock", { body: { mode: each.dataset.mode } }));
  });
}

keepTyped(moment);
submits(moment, async ({ now }) => {
  if (!now) throw new Error("now: give a date and a time");
  await control("PUT", "/clock", { body: { now: Date.parse(`${now}Z`) / 1000 } });
  forgetTyped(moment);
});

for (const each of $$("[data-seconds]", card)) {
  each.addEventListener("click", () => act(card, () => advance(Number(each.dataset.seconds))));
}
submits($("#advance"), ({ amount, unit }) => {
  refuse(card, null);
  const seconds = unit === "1" ? amount : Math.round(amount * Number(unit));
  return advance(amount === undefined ? undefined : seconds);
});

async function advance(seconds) {
  const came = await control("POST", "/clock/advance", { body: { seconds } });
  showWhatCame(came);
}

/** What fell due while time passed, and what is still to come. */
function showWhatCame({ fired, pending, next_due: next }) {
  const lines = fired.slice(0, LISTED).map(line);
  const more = fired.length - LISTED;
  if (more > 0) lines.push(make("li", { className: "faint" }, `… and ${more} more`));
  const head = fired.length ? `${fired.length} fell due:` : "Nothing fell due.";
  const first = next === null ? "" : `, the first at ${when(next)} UTC`;
  const rest = pending ? `Still to come: ${pending}${first}.` : "Nothing more is to come.";
  const list = lines.length ? make("ol", {}, ...lines) : null;
  const parts = [make("p", {}, head), list, make("p", { className: "faint" }, rest)];
  $("#came").replaceChildren(...parts.filter(Boolean));
}

function line({ at, type, event, webhook, attempt, state }) {
  const time = make("time");
  tell(time, at);
  const told =
    type === "delivery.attempt"
      ? `${event} to ${webhook}, attempt ${attempt}: ${state}`
      : type.replace("rate_limit.reset", "the rate limit’s window ended");
  return make("li", {}, time, " ", told);
}
