/** Faults: common ones by a click, one's own by a form, and those that are in force. */

import { confirmed } from "./confirm.js";
import { control, sandbox } from "./connection.js";
import { $, $$, notice, reconcile, say, stamp } from "./dom.js";
import { act, filled, submits } from "./form.js";
import { setUpTypes } from "./fault-types.js";
import { add, shadowOf, whatOf, whomOf } from "./rules.js";

const card = $("#card-faults");

for (const button of $$("[data-rule]", card)) {
  const rule = JSON.parse(button.dataset.rule);
  button.addEventListener("click", () => act(card, () => add(rule), inForce));
}

const inForce = ({ id, fault }) => `${whatOf(fault)}: in force as ${id}.`;

/** The rules; to look does not open the sandbox. */
export async function look() {
  const { data } = await control("GET", "/faults", { query: { sandbox } });
  return { rules: data };
}

export function show({ rules }) {
  const tag = say(document, "#faults-tag", rules.length ? `${rules.length} in force` : "none");
  tag.className = rules.length ? "tag warn" : "tag";
  reconcile(
    $("#rules"),
    rules,
    (rule) => rule.id,
    newEntry,
    (entry, rule) => {
      update(entry, rule, rules);
    },
  );
  $("#no-rules").hidden = rules.length > 0;
  $("#rules-about").hidden = rules.length === 0;
  $("#clear-faults").hidden = rules.length === 0;
}

function newEntry({ id }) {
  const entry = stamp("a-rule");
  $(".name", entry).textContent = id;
  const button = $("button", entry);
  button.setAttribute("aria-label", `Remove ${id}`);
  const remove = () => control("DELETE", `/faults/${id}`);
  button.addEventListener("click", () => act(card, remove, `${id} is removed.`));
  return entry;
}

function update(entry, rule, rules) {
  const { times, applied, matched, fault } = rule;
  say(entry, ".what", whatOf(fault));
  say(entry, ".whom", fault.message ? `${whomOf(rule)}: “${fault.message}”` : whomOf(rule));
  say(entry, ".hits", `hit ${applied} of ${matched} that match`);
  const left = Math.max(0, (times ?? 0) - applied);
  const tag = say(entry, ".left", times === null ? "no end" : left ? `${left} to come` : "used up");
  tag.className = times === null || left ? "tag left accent" : "tag left";
  const shadow = shadowOf(rule, rules);
  say(entry, ".shadowed", shadow ? `never has its turn: ${shadow.id} is always due` : null);
  say(entry, "pre", JSON.stringify(rule, null, 2));
}

$("#clear-faults").addEventListener("click", async () => {
  const detail = "Latency that was set here is a rule, and goes too.";
  if (!(await confirmed("Remove all faults?", detail, "Remove all"))) return;
  act(card, () => control("DELETE", "/faults"), "Nothing goes wrong any more.");
});

/* A rule of one's own. */

const form = $("#add-rule");
const MATCHED = ["method", "resource", "operation", "path"];
const COUNTED = ["after", "times", "probability", "id"];

const parametersOf = setUpTypes($("#fault-type"), $("#fault-parameters"));
parametersOf.ready.catch((error) => notice(error.message, "bad"));

const only = (values, names) =>
  Object.fromEntries(names.filter((name) => name in values).map((name) => [name, values[name]]));

submits(
  form,
  () => {
    const values = filled(form);
    const fault = { type: values.type, ...parametersOf() };
    return add({ ...only(values, COUNTED), match: only(values, MATCHED), fault });
  },
  inForce,
);
