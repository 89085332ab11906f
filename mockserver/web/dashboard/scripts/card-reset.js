/** Reset: everything, or parts. */

import { confirmed } from "./confirm.js";
import { control, sandbox } from "./connection.js";
import { $, $$ } from "./dom.js";
import { act } from "./form.js";

const card = $("#card-reset");
const form = $("#reset-parts");

$("#reset-all").addEventListener("click", async () => {
  const detail =
    "Objects, ids, clock, journal, snapshots, faults, rate limit, webhooks, inboxes and bots.";
  if (!(await confirmed(`Reset all of ${sandbox}?`, detail, "Reset everything"))) return;
  const reset = () => control("POST", "/reset", { body: {} });
  act(card, reset, "Everything is as it was at the start.");
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const boxes = $$("input:checked", form);
  const only = boxes.map((box) => box.value);
  if (!only.length) return act(form, nothingTicked);
  const names = boxes.map((box) => box.nextElementSibling.firstChild.textContent.trim()).join(", ");
  if (!(await confirmed(`Reset parts of ${sandbox}?`, `${names}.`, "Reset these"))) return false;
  const reset = () => control("POST", "/reset", { body: { only } });
  return act(form, reset, `As at the start: ${names}.`) && form.reset();
});

function nothingTicked() {
  throw new Error("tick what shall go back to the start");
}
