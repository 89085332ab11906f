/** The event types of the API, read from its OpenAPI document. */

import { origin } from "./api-client.js";
import { createElement } from "./dom.js";

let loading = null;

/** Return all event types, such as message.created. */
export function loadEventTypes() {
  loading ??= fetch(`${origin}/openapi.json`)
    .then((response) => response.json())
    .then((document) => Object.keys(document.webhooks));
  return loading;
}

/** Return the kinds of objects that event types are about, such as message. */
export const eventKinds = (types) => [...new Set(types.map((type) => type.split(".")[0]))];

/** Return how an event pattern is shown. */
export const patternLabel = (pattern) => (pattern === "*" ? "all events" : pattern);

/** Add options to a select; its choice is kept. */
export function addOptions(select, values, label = (value) => value) {
  const { value: selected } = select;
  select.append(...values.map((value) => createElement("option", { value }, label(value))));
  select.value = selected;
}
