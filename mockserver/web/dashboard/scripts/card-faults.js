/** The Faults card: presets, a form for any rule, and the active rules. */

import { confirmAction, runAction, showNotice } from "./actions.js";
import { callControl, sandboxName } from "./api-client.js";
import { $, $$, cloneTemplate, reconcileChildren, setText } from "./dom.js";
import {
  activeRules,
  addRule,
  describeFault,
  describeMatch,
  setUpFaultFields,
  shadowedBy,
} from "./fault-rules.js";
import { handleSubmit, readForm } from "./form.js";
import { pluralize } from "./format.js";

const card = $("#card-faults");

const addedText = ({ id, fault }) => `${describeFault(fault)}: added as ${id}.`;

for (const button of $$("[data-rule]", card)) {
  const rule = JSON.parse(button.dataset.rule);
  button.addEventListener("click", () => runAction(card, () => addRule(rule), addedText));
}

async function loadRules() {
  const { data } = await callControl("GET", "/faults", { query: { sandbox: sandboxName } });
  return { rules: data };
}

function renderRules({ rules }) {
  const count = activeRules(rules).length;
  const tag = setText(document, "#faults-tag", count ? `${count} active` : "none");
  tag.className = count ? "tag warn" : "tag";
  reconcileChildren(
    $("#rules"),
    rules,
    (rule) => rule.id,
    createRuleItem,
    (item, rule) => updateRuleItem(item, rule, rules),
  );
  $("#no-rules").hidden = rules.length > 0;
  $("#rules-about").hidden = rules.length === 0;
  $("#clear-faults").hidden = rules.length === 0;
}

export const faultsCard = { load: loadRules, render: renderRules };

function createRuleItem({ id }) {
  const item = cloneTemplate("fault-rule");
  $(".name", item).textContent = id;
  const button = $("button", item);
  button.setAttribute("aria-label", `Remove ${id}`);
  const remove = () => callControl("DELETE", `/faults/${id}`);
  button.addEventListener("click", () => runAction(card, remove, `${id} removed.`));
  return item;
}

function updateRuleItem(item, rule, rules) {
  const { times, applied, matched, fault } = rule;
  const match = describeMatch(rule);
  setText(item, ".fault", describeFault(fault));
  setText(item, ".match", fault.message ? `${match}: “${fault.message}”` : match);
  setText(item, ".hits", `applied to ${applied} of ${pluralize(matched, "matching request")}`);
  const left = Math.max(0, (times ?? 0) - applied);
  const leftText = times === null ? "unlimited" : left ? `${left} left` : "used up";
  const tag = setText(item, ".left", leftText);
  tag.className = times === null || left ? "tag left accent" : "tag left";
  const shadowing = shadowedBy(rule, rules);
  const shadowText = shadowing ? `never applies: ${shadowing.id} applies to every request` : null;
  setText(item, ".shadowed", shadowText);
  setText(item, "pre", JSON.stringify(rule, null, 2));
}

$("#clear-faults").addEventListener("click", async () => {
  const explanation = "This includes the latency set on this page, which is a rule too.";
  if (!(await confirmAction("Remove all faults?", explanation, "Remove all"))) return;
  runAction(card, () => callControl("DELETE", "/faults"), "All faults removed.");
});

/* The form for any rule. */

const form = $("#add-rule");
const MATCH_FIELDS = ["method", "resource", "operation", "path"];
const RULE_FIELDS = ["after", "times", "probability", "id"];

const readFaultParameters = setUpFaultFields($("#fault-type"), $("#fault-parameters"));
readFaultParameters.ready.catch((error) => showNotice(error.message, "bad"));

const pick = (values, names) =>
  Object.fromEntries(names.filter((name) => name in values).map((name) => [name, values[name]]));

handleSubmit(
  form,
  () => {
    const values = readForm(form);
    const fault = { type: values.type, ...readFaultParameters() };
    return addRule({ ...pick(values, RULE_FIELDS), match: pick(values, MATCH_FIELDS), fault });
  },
  addedText,
);
