/** Forms: read and fill their fields, and run an action when they are submitted. */

import { runAction } from "./actions.js";

/** Run `action(values)` on submit, one at a time; `values` are the fields by name. */
export function handleSubmit(form, action, success) {
  let isBusy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    // Accept the next submit once the action is done; the refresh after it may take longer.
    const runOnce = async () => {
      try {
        return await action(readForm(form));
      } finally {
        isBusy = false;
      }
    };
    await runAction(form, runOnce, success);
  });
}

/** Return the fields by name; empty ones are left out, numbers are numbers. */
export function readForm(form) {
  const values = {};
  for (const field of form.elements) {
    const isSkipped = !field.name || field.disabled || (field.type === "radio" && !field.checked);
    if (isSkipped || field.value === "") continue;
    const isNumber = field.type === "number" || field.type === "range";
    values[field.name] = isNumber ? Number(field.value) : field.value;
  }
  return values;
}

/** Set fields of a form, but keep what the user has edited or is editing. */
export function fillForm(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements[name];
    if (!field || field.dataset?.edited) continue;
    const text = String(value ?? "");
    if (field !== document.activeElement && field.value !== text) field.value = text;
  }
}

/** Mark each field that the user edits, so that `fillForm` does not overwrite it. */
export function trackEdits(form) {
  form.addEventListener("input", ({ target }) => {
    target.dataset.edited = "yes";
  });
}

/** Let `fillForm` overwrite all fields again, once they were sent. */
export function clearEdits(form) {
  for (const field of form.elements) delete field.dataset.edited;
}

/** Parse a file that the user has chosen. */
export async function parseJsonFile(file) {
  try {
    return JSON.parse(await file.text());
  } catch (error) {
    throw new Error(`${file.name} is not valid JSON: ${error.message}`);
  }
}
