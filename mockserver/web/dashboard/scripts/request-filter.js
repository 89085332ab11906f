/** The filter of the request list: a form, mirrored in the page's URL. */

import { $ } from "./dom.js";

const FIELDS = ["what", "method", "status", "text"];
const VALID_STATUS = /^([0-5]xx|\d{1,3})$/i;

/** Return the values of the form. */
export function readFilter(form) {
  const values = Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value.trim()]));
  return { ...values, changed: form.elements.changed.checked };
}

export const isFilterActive = (values) => FIELDS.some((name) => values[name]) || values.changed;

export function fillFilterFromUrl(form) {
  const query = new URLSearchParams(location.search);
  for (const name of FIELDS) form.elements[name].value = query.get(name) ?? "";
  form.elements.changed.checked = query.has("changed");
}

export function saveFilterToUrl(values) {
  const url = new URL(location.href);
  for (const name of FIELDS) {
    if (values[name]) url.searchParams.set(name, values[name]);
    else url.searchParams.delete(name);
  }
  if (values.changed) url.searchParams.set("changed", "1");
  else url.searchParams.delete("changed");
  history.replaceState(null, "", url);
}

/** Show a hint at the status field if its value is invalid. */
export function validateFilter(form) {
  const field = form.elements.status;
  const status = field.value.trim();
  const isValid = status === "" || VALID_STATUS.test(status);
  field.setAttribute("aria-invalid", String(!isValid));
  $("#status-help", form).hidden = isValid;
}

/** Return a predicate that tells whether a request matches. */
export function requestMatcher(values) {
  const predicates = [
    values.what && matchesName(values.what),
    values.method && (({ method }) => method === values.method),
    values.status && matchesStatus(values.status),
    values.changed && (({ changes }) => changes.length > 0),
    values.text && containsText(values.text.toLowerCase()),
  ].filter(Boolean);
  return (request) => predicates.every((matches) => matches(request));
}

/** Match the operation or path: a pattern with `*` in full, as in the control API, else a part. */
function matchesName(pattern) {
  if (!pattern.includes("*")) {
    return ({ path, operation }) => path.includes(pattern) || operation.includes(pattern);
  }
  const expression = new RegExp(`^${pattern.split("*").map(escapeRegExp).join(".*")}$`, "s");
  const isPath = pattern.startsWith("/");
  return ({ path, operation }) => expression.test(isPath ? path : operation);
}

const escapeRegExp = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function matchesStatus(text) {
  if (!VALID_STATUS.test(text)) return () => false;
  if (/xx$/i.test(text)) return ({ status }) => Math.floor(status / 100) === Number(text[0]);
  return ({ status }) => status === Number(text);
}

const containsText = (text) => (request) => JSON.stringify(request).toLowerCase().includes(text);
