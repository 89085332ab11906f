/** What is done to deliveries: late, twice, in disorder, forged, by steps, or never. */

import { many, tag } from "./blocks.js";
import { control } from "./connection.js";
import { $, attempt, make, notice, say } from "./dom.js";
import { eventTypes, kindsOf, offer } from "./event-types.js";

const NUMBERS = { shuffle: "window", duplicate: "times", delay: "seconds" };
const WORDS = {
  hold: () => "held until a step lets it go",
  drop: () => "dropped: nobody sends it",
  corrupt: () => "signed wrongly, on purpose",
  duplicate: ({ times }) => `sent ${many(times, "time")} more`,
  delay: ({ seconds }) => `sent ${many(seconds, "second")} later, by the sandbox's clock`,
  shuffle: ({ window }) => `perhaps overtaken, by up to ${window} that come after it`,
};

/** What an action does to a delivery, in words. */
export const told = (action) => WORDS[action.type]?.(action) ?? JSON.stringify(action);

const form = $("#conduct");
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
  ({ data: rules } = await control("GET", "/webhooks/conductor"));
  const list = $("#rules");
  const place = list.contains(document.activeElement) ? "#conduct-events" : null;
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
  const put = () => control("PUT", "/webhooks/conductor", { body: { data } });
  if (await attempt(put)) await drawRules();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const type = event.submitter.value;
  const action = { type };
  if (type in NUMBERS) action[NUMBERS[type]] = form.elements.number.valueAsNumber || 1;
  const events = [form.elements.events.value];
  // The first that covers an event wins, so the new one comes first, in place of its like.
  const others = rules.filter((each) => each.events.join() !== events.join());
  replace([{ events, action }, ...others]);
});

$("#conduct-off").addEventListener("click", async () => {
  const off = () => control("DELETE", "/webhooks/conductor");
  if (!(await attempt(off, "Deliveries go out as usual; what is held waits for a step."))) return;
  await drawRules();
});

async function step(count) {
  await attempt(async () => {
    const { data } = await control("POST", "/webhooks/step", { body: { count } });
    notice(
      data.length ? `${many(data.length, "delivery", "deliveries")} let go.` : "Nothing is held.",
    );
  });
  await moved();
}

$("#step-one").addEventListener("click", () => step(1));
$("#step").addEventListener("submit", (event) => {
  event.preventDefault();
  step(event.target.elements.count.valueAsNumber);
});
