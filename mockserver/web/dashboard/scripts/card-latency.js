/** The Latency card: a fault rule that delays every request, recognized by its id. */

import { runAction } from "./actions.js";
import { callControl } from "./api-client.js";
import { $, $$, setText } from "./dom.js";
import { describeFault, LATENCY_RULE, moveToEnd, shadowedBy } from "./fault-rules.js";
import { clearEdits, fillForm, handleSubmit, readForm, trackEdits } from "./form.js";

const form = $("#set-latency");
const offButton = $("#latency-off");
const slider = $("#latency-slider");
const delayField = form.elements.fixedDelayMilliseconds;

let currentRule = null;
let isFirstRender = true;

function renderLatency({ rules }) {
  currentRule = rules.find((rule) => rule.id === LATENCY_RULE) ?? null;
  const text = currentRule ? describeFault(currentRule.fault) : "off";
  setText(document, "#latency-tag", text).className = currentRule ? "tag warn" : "tag";
  const shadowing = currentRule && shadowedBy(currentRule, rules);
  const shadowText = shadowing
    ? `No effect: the rule ${shadowing.id} comes first and applies to every request.`
    : null;
  setText(document, "#latency-shadow", shadowText);
  offButton.setAttribute("aria-disabled", String(!currentRule));
  if (currentRule && isFirstRender) showFault(currentRule.fault);
  isFirstRender = false;
}

export const latencyCard = { render: renderLatency };

/** Fill the form with the latency that was set when the page was opened. */
function showFault({ type, ...values }) {
  const radio = $$('[name="type"]', form).find((input) => input.value === type);
  if (!radio) return;
  radio.checked = true;
  fillForm(form, values);
  slider.value = delayField.value;
  showFieldsOfType();
}

function showFieldsOfType() {
  const { type } = readForm(form);
  for (const row of $$("[data-kind]", form)) {
    row.hidden = row.dataset.kind !== type;
    for (const input of $$("input", row)) input.disabled = row.hidden;
  }
}

trackEdits(form);
form.addEventListener("change", showFieldsOfType);
slider.addEventListener("input", () => {
  delayField.value = slider.value;
});
delayField.addEventListener("input", () => {
  slider.value = delayField.value;
});
showFieldsOfType();

handleSubmit(
  form,
  async (fault) => {
    const rule = { id: LATENCY_RULE, fault };
    if (currentRule) await callControl("PUT", `/faults/${LATENCY_RULE}`, { body: rule });
    else await callControl("POST", "/faults", { body: rule });
    const { data } = await callControl("GET", "/faults");
    // The rule applies to every request, so it would shadow rules behind it.
    if (data.at(-1).id !== LATENCY_RULE) await moveToEnd(rule);
    clearEdits(form);
    return fault;
  },
  (fault) => `Latency set. ${describeFault(fault)}.`,
);

offButton.addEventListener("click", () => {
  if (!currentRule) return;
  const remove = () => callControl("DELETE", `/faults/${LATENCY_RULE}`);
  runAction(form, remove, "Latency is off.");
});

/** Show the server's latency setting, which adds to the latency set on this page. */
async function showLatencySetting() {
  const { settings } = await callControl("GET", "");
  const { latency } = settings;
  const text = latency
    ? `In addition, the setting --latency ${latency} delays the requests of all sandboxes.`
    : null;
  setText(document, "#latency-setting", text);
}
showLatencySetting().catch((error) => console.info(error.message));
