/** The Reset card: the whole sandbox, or parts of it. */

import { confirmAction, runAction, showErrors } from "./actions.js";
import { callControl, sandboxName } from "./api-client.js";
import { $, $$ } from "./dom.js";

const card = $("#card-reset");
const form = $("#reset-parts");

const reset = (body) => callControl("POST", "/reset", { body });

$("#reset-all").addEventListener("click", async () => {
  const explanation =
    "This resets objects, ids, clock, journal, snapshots, faults, rate limit, webhooks, inboxes and bots.";
  const question = `Reset all of ${sandboxName}?`;
  if (!(await confirmAction(question, explanation, "Reset everything"))) return;
  runAction(card, () => reset({}), "Everything is reset.");
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const boxes = $$("input:checked", form);
  const only = boxes.map((box) => box.value);
  if (!only.length) {
    showErrors(form, "choose at least one part");
    return;
  }
  const names = boxes.map((box) => box.nextElementSibling.firstChild.textContent.trim()).join(", ");
  const question = `Reset parts of ${sandboxName}?`;
  if (!(await confirmAction(question, `This resets: ${names}.`, "Reset selected"))) return;
  if (await runAction(form, () => reset({ only }), `Reset: ${names}.`)) form.reset();
});
