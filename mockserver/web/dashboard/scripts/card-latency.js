/** Latency: a fault for every request, with an id of its own so that it is told apart. */

import { control } from "./connection.js";
import { $, $$, say } from "./dom.js";
import { act, fill, filled, forgetTyped, keepTyped, submits } from "./form.js";
import { LATENCY, putLast, shadowOf, whatOf } from "./rules.js";

const form = $("#set-latency");
const off = $("#latency-off");
const slider = $("#latency-slider");
const number = form.elements.fixedDelayMilliseconds;

let current = null;
let isFirst = true;

export function show({ rules }) {
  current = rules.find((rule) => rule.id === LATENCY) ?? null;
  const tag = say(document, "#latency-tag", current ? whatOf(current.fault) : "off");
  tag.className = current ? "tag warn" : "tag";
  const shadow = current && shadowOf(current, rules);
  const told = shadow
    ? `Nothing is slowed: ${shadow.id} comes before it, and is always due.`
    : null;
  say(document, "#latency-shadow", told);
  off.setAttribute("aria-disabled", String(!current));
  if (current && isFirst) showForm(current.fault);
  isFirst = false;
}

/** The form as it has made the latency that was there when the page was opened. */
function showForm({ type, ...values }) {
  const radio = $$('[name="type"]', form).find((each) => each.value === type);
  if (!radio) return;
  radio.checked = true;
  fill(form, values);
  slider.value = number.value;
  showKind();
}

function showKind() {
  const { type } = filled(form);
  for (const each of $$("[data-kind]", form)) {
    each.hidden = each.dataset.kind !== type;
    for (const input of $$("input", each)) input.disabled = each.hidden;
  }
}

keepTyped(form);
form.addEventListener("change", showKind);
slider.addEventListener("input", () => {
  number.value = slider.value;
});
number.addEventListener("input", () => {
  slider.value = number.value;
});
showKind();

submits(
  form,
  async (fault) => {
    const rule = { id: LATENCY, fault };
    if (current) await control("PUT", `/faults/${LATENCY}`, { body: rule });
    else await control("POST", "/faults", { body: rule });
    const { data } = await control("GET", "/faults");
    if (data.at(-1).id !== LATENCY) await putLast(rule); // else it would hide those after it
    forgetTyped(form);
    return fault;
  },
  (fault) => `Every request: ${whatOf(fault).toLowerCase()}.`,
);

off.addEventListener("click", () => {
  if (!current) return;
  act(form, () => control("DELETE", `/faults/${LATENCY}`), "Requests are served at once again.");
});

/** What the server itself was started with comes on top of it. */
async function showSetting() {
  const { settings } = await control("GET", "");
  const always = settings.latency;
  say(
    document,
    "#latency-setting",
    always ? `On top of --latency ${always}, for all sandboxes.` : null,
  );
}
showSetting().catch((error) => console.info(error.message));
