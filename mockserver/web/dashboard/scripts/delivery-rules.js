/** The delivery rules card: hold, drop, corrupt, duplicate, delay or shuffle deliveries. */

import { showNotice, tryAction } from "./actions.js";
import { callControl } from "./api-client.js";
import { $, createElement, setText } from "./dom.js";
import { tag } from "./elements.js";
import { addOptions, eventKinds, loadEventTypes, patternLabel } from "./event-types.js";
import { formatCount, pluralize } from "./format.js";

/** The parameter of an action that the Number field sets. */
const NUMBER_PARAMETERS = { shuffle: "window", duplicate: "times", delay: "seconds" };
const DESCRIPTIONS = {
  hold: () => "held until you release it",
  drop: () => "dropped: never sent",
  corrupt: () => "sent with a wrong signature",
  duplicate: ({ times }) => `sent ${pluralize(times, "more time")}`,
  delay: ({ seconds }) => `sent ${pluralize(seconds, "second")} later, on the sandbox's clock`,
  shuffle: ({ window }) => `may arrive after up to ${window} later deliveries`,
};

/** Describe what an action does to a delivery. */
export const describeAction = (action) =>
  DESCRIPTIONS[action.type]?.(action) ?? JSON.stringify(action);

const form = $("#rule-form");
let rules = [];
let notifyReleased = async () => {};

/** Fill the form; `onRelease` is called after held deliveries were released. */
export async function setUpDeliveryRules(onRelease) {
  notifyReleased = onRelease;
  const types = await loadEventTypes();
  const patterns = ["*", ...eventKinds(types).map((kind) => `${kind}.*`), ...types];
  addOptions(form.elements.events, patterns, patternLabel);
  form.elements.events.value = "*";
}

/** Load and show the rules. */
export async function refreshDeliveryRules() {
  ({ data: rules } = await callControl("GET", "/webhooks/rules"));
  const list = $("#rules");
  const hadFocus = list.contains(document.activeElement);
  list.replaceChildren(...rules.map(ruleItem));
  list.hidden = rules.length === 0;
  $("#no-rules").hidden = rules.length > 0;
  if (hadFocus) $("#rule-events").focus();
}

function ruleItem(rule) {
  const { events, action } = rule;
  const remove = createElement("button", { type: "button", className: "quiet" }, "Remove");
  remove.setAttribute("aria-label", `Remove the rule: ${action.type} ${events.join(", ")}`);
  remove.addEventListener("click", () => replaceRules(rules.filter((other) => other !== rule)));
  const description = createElement(
    "span",
    { className: "description" },
    createElement("strong", {}, action.type),
    `: ${describeAction(action)}`,
  );
  const patterns = events.map((pattern) => tag(patternLabel(pattern), "accent"));
  return createElement("li", {}, ...patterns, description, remove);
}

/** Show how many deliveries are held. */
export function showHeldCount(count) {
  setText(
    document,
    "#held",
    count ? `Held deliveries: ${formatCount(count)}.` : "No deliveries are held.",
  );
}

async function replaceRules(data) {
  const put = () => callControl("PUT", "/webhooks/rules", { body: { data } });
  if (await tryAction(put)) await refreshDeliveryRules();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const type = event.submitter.value;
  const action = { type };
  const parameter = NUMBER_PARAMETERS[type];
  if (parameter) action[parameter] = form.elements.number.valueAsNumber || 1;
  const events = [form.elements.events.value];
  // The first rule that matches applies: put the new one first, in place of one for the same events.
  const others = rules.filter((rule) => rule.events.join() !== events.join());
  replaceRules([{ events, action }, ...others]);
});

$("#clear-rules").addEventListener("click", async () => {
  const clear = () => callControl("DELETE", "/webhooks/rules");
  const text = "All rules removed. Held deliveries wait until you release them.";
  if (await tryAction(clear, text)) await refreshDeliveryRules();
});

async function release(count) {
  await tryAction(async () => {
    const { data } = await callControl("POST", "/deliveries/release", { body: { count } });
    const text = `${pluralize(data.length, "delivery", "deliveries")} released.`;
    showNotice(data.length ? text : "No deliveries are held.");
  });
  await notifyReleased();
}

$("#release-one").addEventListener("click", () => release(1));
$("#release").addEventListener("submit", (event) => {
  event.preventDefault();
  release(event.target.elements.count.valueAsNumber);
});
