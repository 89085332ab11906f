/** What a person does here: sent to the server, shown at once, refused beside where it was done. */

import { $, make, notice } from "./dom.js";
import { beat } from "./pulse.js";
import { again } from "./watch.js";

/** Where one problem of several begins: a place in what was sent, and a colon. */
const NEXT = /; (?=[\w.[\]-]+: )/;

/**
 * Do something that may be refused; `within` has a child `.refusal`, where it is told why.
 * `done` is what the reader is told, or makes that of what came back. Returns whether it was done.
 */
export async function act(within, action, done) {
  refuse(within, null);
  let told;
  try {
    told = await action();
  } catch (error) {
    refuse(within, error.message);
    return false;
  }
  const text = typeof done === "function" ? done(told) : done;
  if (text) notice(text);
  await Promise.all([again(), beat()]);
  return true;
}

/** Tell what is wrong, a line for each problem; null for nothing. */
export function refuse(within, message) {
  const problems = message ? message.split(NEXT) : [];
  const lines = problems.map((each) => make("li", {}, each));
  const list = problems.length > 1 ? [make("ul", {}, ...lines)] : problems;
  $(":scope > .refusal", within).replaceChildren(...list);
}

/** Have a form act by `action(values)`, its fields by name; once at a time. */
export function submits(form, action, done) {
  let busy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    // Until it is done, and not until that is seen: whoever is quick has their next click heard.
    const once = async () => {
      try {
        return await action(filled(form));
      } finally {
        busy = false;
      }
    };
    await act(form, once, done);
  });
}

/** The fields of a form by their names, without those left empty; numbers as numbers. */
export function filled(form) {
  const values = {};
  for (const field of form.elements) {
    const skipped = !field.name || field.disabled || (field.type === "radio" && !field.checked);
    if (skipped || field.value === "") continue;
    const isNumber = field.type === "number" || field.type === "range";
    values[field.name] = isNumber ? Number(field.value) : field.value;
  }
  return values;
}

/** Show `values` in the fields of a form, unless somebody has typed there. */
export function fill(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements[name];
    if (!field || field.dataset?.typed) continue;
    const text = String(value ?? "");
    if (field !== document.activeElement && field.value !== text) field.value = text;
  }
}

/** Remember what somebody types in, so that `fill` leaves it alone until it is sent. */
export function keepTyped(form) {
  form.addEventListener("input", ({ target }) => {
    target.dataset.typed = "yes";
  });
}

/** What was typed was sent, and may be overwritten. */
export function forgetTyped(form) {
  for (const field of form.elements) delete field.dataset.typed;
}
