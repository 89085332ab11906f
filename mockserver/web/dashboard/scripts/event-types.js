/** The types of events, as the API's contract names them. */

import { root } from "./connection.js";
import { make } from "./dom.js";

let found = null;

/** All of them, such as message.created. */
export function eventTypes() {
  found ??= fetch(`${root}/openapi.json`)
    .then((answer) => answer.json())
    .then((contract) => Object.keys(contract.webhooks));
  return found;
}

/** The kinds of objects that they are about. */
export const kindsOf = (types) => [...new Set(types.map((each) => each.split(".")[0]))];

/** Add options to a select; it keeps its choice. */
export function offer(select, values, told = (value) => value) {
  const { value: chosen } = select;
  select.append(...values.map((value) => make("option", { value }, told(value))));
  select.value = chosen;
}
