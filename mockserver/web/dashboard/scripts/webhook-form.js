/** The form of a webhook: one more, or one that is there already. */

import { block } from "./blocks.js";
import { control } from "./connection.js";
import { $, $$, make, say } from "./dom.js";
import { eventTypes, kindsOf } from "./event-types.js";

const ALL = "*";
const dialog = $("#hook-dialog");
const form = $("#hook-form");
let edited = null; // the webhook that is changed; null for a new one
let saved = async () => {};

/** Have the form call `done` once something was saved. */
export function prepare(done) {
  saved = done;
}

/** Open the form, for a webhook or for a new one. */
export async function openForm(hook = null) {
  edited = hook;
  await offerKinds();
  form.reset();
  say(form, "#hook-problem", "");
  $("#hook-dialog-title").textContent = hook ? `Edit ${hook.name}` : "Register a webhook";
  $("#hook-save").textContent = hook ? "Save" : "Register";
  $("#secret-help").textContent = hook
    ? "Leave it empty to keep the one that it has."
    : "Leave it empty to have one made.";
  if (hook) {
    form.elements.url.value = hook.url;
    form.elements.name.value = hook.name;
  }
  choose(hook?.events ?? [ALL]);
  dialog.showModal();
  form.elements.url.focus();
}

async function offerKinds() {
  const place = $("#kinds");
  if (place.children.length) return;
  const types = await eventTypes();
  place.append(...kindsOf(types).map((kind) => group(kind, types)));
}

function group(kind, types) {
  const mine = types.filter((each) => each.startsWith(`${kind}.`));
  const boxes = [`${kind}.*`, ...mine].map((each) => {
    const box = make("input", { type: "checkbox", name: "event", value: each });
    const said = each.endsWith(ALL) ? `all ${each}` : each.slice(kind.length + 1);
    return make("label", { className: "inline" }, box, ` ${said}`);
  });
  return make("fieldset", {}, make("legend", {}, kind), ...boxes);
}

const boxes = () => $$('input[name="event"]', form);

function choose(events) {
  form.elements.all.checked = events.includes(ALL);
  const known = new Set(boxes().map((box) => box.value));
  for (const box of boxes()) box.checked = events.includes(box.value);
  const others = events.filter((each) => each !== ALL && !known.has(each));
  form.elements.patterns.value = others.join(", ");
  settle();
}

/** What is part of something that is chosen need not be chosen too. */
function settle() {
  const isAll = form.elements.all.checked;
  form.elements.patterns.disabled = isAll;
  for (const box of boxes()) {
    const whole = `${box.value.split(".")[0]}.*`;
    const inWhole =
      box.value !== whole && boxes().some((each) => each.value === whole && each.checked);
    box.disabled = isAll || inWhole;
    if (box.disabled) box.checked = false;
  }
}

function events() {
  if (form.elements.all.checked) return [ALL];
  const patterns = form.elements.patterns.value.split(",").map((each) => each.trim());
  return [
    ...boxes()
      .filter((box) => box.checked)
      .map((box) => box.value),
    ...patterns.filter(Boolean),
  ];
}

function values() {
  const [url, name, secret] = ["url", "name", "secret"].map((each) =>
    form.elements[each].value.trim(),
  );
  const given = { url, events: events() };
  if (name) given.name = name;
  if (secret) given.secret = secret;
  return given;
}

async function save(event) {
  event.preventDefault();
  const given = values();
  if (!given.events.length) return say(form, "#hook-problem", "Choose at least one event.");
  try {
    if (edited) await control("PUT", `/webhooks/${edited.id}`, { body: given });
    else showSecret(await control("POST", "/webhooks", { body: given }));
  } catch (error) {
    return say(form, "#hook-problem", error.message);
  }
  dialog.close();
  return saved();
}

/** The one time that it is shown. */
function showSecret(made) {
  $("#secret-shown").replaceChildren(block(`Secret of ${made.name}`, made.secret));
  dialog.close();
  $("#secret-dialog").showModal();
}

form.addEventListener("change", settle);
form.addEventListener("submit", save);
$("#hook-cancel").addEventListener("click", () => dialog.close());
$("#secret-dialog").addEventListener("close", () => $("#secret-shown").replaceChildren());
