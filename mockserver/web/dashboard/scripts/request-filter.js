/** Which requests are shown: as the form says, and as the address remembers it. */

import { $ } from "./dom.js";

const NAMES = ["what", "method", "status", "text"];
const STATUS = /^([0-5]xx|\d{1,3})$/i;

/** What the form asks for. */
export function wanted(form) {
  const asked = Object.fromEntries(NAMES.map((name) => [name, form.elements[name].value.trim()]));
  return { ...asked, changed: form.elements.changed.checked };
}

/** Whether it asks for anything. */
export const narrows = (asked) => NAMES.some((name) => asked[name]) || asked.changed;

/** Fill the form as the address says. */
export function recall(form) {
  const query = new URLSearchParams(location.search);
  for (const name of NAMES) form.elements[name].value = query.get(name) ?? "";
  form.elements.changed.checked = query.has("changed");
}

/** Have the address say what the form does. */
export function remember(asked) {
  const url = new URL(location.href);
  for (const name of NAMES) {
    if (asked[name]) url.searchParams.set(name, asked[name]);
    else url.searchParams.delete(name);
  }
  if (asked.changed) url.searchParams.set("changed", "1");
  else url.searchParams.delete("changed");
  history.replaceState(null, "", url);
}

/** Say at the field where a status can be none. */
export function check(form) {
  const field = form.elements.status;
  const isFine = field.value.trim() === "" || STATUS.test(field.value.trim());
  field.setAttribute("aria-invalid", String(!isFine));
  $("#status-help", form).hidden = isFine;
}

/** The function that says of a request's line whether it is asked for. */
export function filter(asked) {
  const tests = [
    asked.what && named(asked.what),
    asked.method && ((each) => each.method === asked.method),
    asked.status && answered(asked.status),
    asked.changed && ((each) => each.changes.length > 0),
    asked.text && holds(asked.text.toLowerCase()),
  ].filter(Boolean);
  return (each) => tests.every((test) => test(each));
}

/** With a star it is a pattern of all of it, as in the control API; else a part is enough. */
function named(pattern) {
  if (!pattern.includes("*")) {
    return (each) => each.path.includes(pattern) || each.operation.includes(pattern);
  }
  const whole = new RegExp(
    `^${pattern
      .split("*")
      .map(RegExp.escape ?? escaped)
      .join(".*")}$`,
    "s",
  );
  return (each) => whole.test(pattern.startsWith("/") ? each.path : each.operation);
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function answered(status) {
  if (!STATUS.test(status)) return () => false;
  if (/xx$/i.test(status)) return (each) => Math.floor(each.status / 100) === Number(status[0]);
  return (each) => each.status === Number(status);
}

const holds = (text) => (each) => JSON.stringify(each).toLowerCase().includes(text);
