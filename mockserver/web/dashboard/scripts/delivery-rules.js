/** The delivery rules card: hold, drop, corrupt, duplicate, delay or shuffle deliveries. */

import { many, tag } from "./blocks.js";
import { control } from "./connection.js";
import { $, attempt, make, notice, say } from "./dom.js";
import { eventTypes, kindsOf, offer } from "./event-types.js";

const NUMBERS = { shuffle: "window", duplicate: "times", delay: "seconds" };
const WORDS = {
  hold: () => "held until you release it",
  drop: () => "dropped: never sent",
  corrupt: () => "sent with a wrong signature",
  duplicate: ({ times }) => `sent again, ${many(times, "more time")}`,
  delay: ({ seconds }) => `sent ${many(seconds, "second")} later, on the sandbox's clock`,
  shuffle: ({ window }) => `may arrive after up to ${window} later deliveries`,
};

/** What an action does to a delivery, in words. */
export const told = (action) => WORDS[action.type]?.(action) ?? JSON.stringify(action);

const form = $("#rule-form");
let rules = [];
let moved = async () => {};

/** Have `done` called after each change. */
export async function prepare(done) {
  moved = done;
  const types = await eventTypes();
  const patterns = ["*", ...kindsOf(types).map((kind) => `${kind}.*`), ...types];
  offer(form.elements.events, patterns, (each) => (each === "*" ? "all events" : each));
  form.elements.events.value = "*";
}

/** Fetch and show the rules. */
export async function drawRules() {
  ({ data: rules } = await control("GET", "/webhooks/rules"));
  const list = $("#rules");
  const place = list.contains(document.activeElement) ? "#rule-events" : null;
  list.replaceChildren(...rules.map(line));
  list.hidden = rules.length === 0;
  $("#no-rules").hidden = rules.length > 0;
  if (place) $(place).focus();
}

function line(rule) {
  const which = rule.events.map((each) => tag(each === "*" ? "all events" : each, "accent"));
  const remove = make("button", { type: "button", className: "quiet" }, "Remove");
  remove.setAttribute(
    "aria-label",
    `Remove the rule: ${rule.action.type} ${rule.events.join(", ")}`,
  );
  remove.addEventListener("click", () => replace(rules.filter((each) => each !== rule)));
  const what = make(
    "span",
    { className: "what" },
    make("strong", {}, rule.action.type),
    `: ${told(rule.action)}`,
  );
  return make("li", {}, ...which, what, remove);
}

/** Show how many are held. */
export function drawHeld(count) {
  say(document, "#held", count ? `${count.toLocaleString("en")} held.` : "Nothing is held.");
}

async function replace(data) {
  const put = () => control("PUT", "/webhooks/rules", { body: { data } });
  if (await attempt(put)) await drawRules();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const type = event.submitter.value;
  const action = { type };
  if (type in NUMBERS) action[NUMBERS[type]] = form.elements.number.valueAsNumber || 1;
  const events = [form.elements.events.value];
  // The first rule that matches applies, so the new one goes first and replaces one for the same events.
  const others = rules.filter((each) => each.events.join() !== events.join());
  replace([{ events, action }, ...others]);
});

$("#clear-rules").addEventListener("click", async () => {
  const off = () => control("DELETE", "/webhooks/rules");
  if (!(await attempt(off, "All rules removed. Held deliveries wait until you release them."))) return;
  await drawRules();
});

async function release(count) {
  await attempt(async () => {
    const { data } = await control("POST", "/deliveries/release", { body: { count } });
    notice(
      data.length ? `${many(data.length, "delivery", "deliveries")} released.` : "Nothing is held.",
    );
  });
  await moved();
}

$("#release-one").addEventListener("click", () => release(1));
$("#release").addEventListener("submit", (event) => {
  event.preventDefault();
  release(event.target.elements.count.valueAsNumber);
});
