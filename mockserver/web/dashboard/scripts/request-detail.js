/** The details of a request: request, response, changes, events, and a curl command. */

import { copyText } from "./actions.js";
import { pageUrl } from "./api-client.js";
import { createElement } from "./dom.js";
import {
  actionButton,
  codeBlock,
  collapsible,
  detailHead,
  factsLine,
  faintText,
  headersTable,
  jsonBlock,
  messageBody,
  monoText,
  section,
  statusTag,
  tag,
} from "./elements.js";
import { requestFacts, requestTarget } from "./request-list.js";

const CHANGE_TAG_KINDS = { created: "good", deleted: "bad", updated: "accent" };

/** Return the elements of the details, without the link back to the list. */
export function requestDetail(exchange) {
  return [
    head(exchange),
    createElement("p", { className: "facts faint" }, ...requestFacts(exchange)),
    exchange.faults.length ? faultsSection(exchange.faults) : null,
    messageSection("Request", exchange.request),
    messageSection("Response", exchange.response, exchange.status === 0),
    changesSection(exchange.changes),
    eventsSection(exchange.events),
    curlSection(exchange.curl),
  ].filter(Boolean);
}

function head(exchange) {
  const copy = () => copyText(exchange.curl, "Copied the curl command");
  const button = actionButton("Copy as curl", copy, { className: "plain" });
  const path = createElement("span", { className: "mono path" }, requestTarget(exchange));
  const heading = createElement("h2", { tabIndex: -1 }, tag(exchange.method, "method"), " ", path);
  const status = statusTag(exchange.status);
  return detailHead(heading, status, button);
}

function faultsSection(faults) {
  const items = faults.map(({ type, cause, ...details }) => {
    const entries = Object.entries(details);
    const text = entries.map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(", ");
    const causeText = cause ? `, caused by ${JSON.stringify(cause)}` : "";
    return createElement("li", {}, tag(type, "warn"), ` ${text}${causeText}`);
  });
  return section("h3", "Faults", createElement("ul", { className: "plain-list" }, ...items));
}

function messageSection(title, message, isLost = false) {
  return section(
    "h3",
    title,
    isLost ? faintText("The client received only part of the response, or none of it.") : null,
    messageBody(`${title} body`, message),
    headersTable(`${title} headers`, message.headers),
  );
}

function changesSection(changes) {
  if (!changes.length) return section("h3", "Changes", faintText("No changes."));
  return section("h3", `Changes (${changes.length})`, ...changes.map(changeElement));
}

function changeElement({ change, kind, id, attributes, object }) {
  const title = [tag(change, CHANGE_TAG_KINDS[change]), ` ${kind} `, monoText(id)];
  if (!attributes) {
    const json = jsonBlock(`${change} ${kind} ${id}`, object);
    return createElement("details", {}, createElement("summary", {}, ...title), json);
  }
  const columns = ["Attribute", "Before", "After"].map((name) =>
    createElement("th", { scope: "col" }, name),
  );
  const rows = Object.entries(attributes).map(([name, { before, after }]) =>
    createElement(
      "tr",
      {},
      createElement("th", { scope: "row" }, name),
      valueCell(before, "before"),
      valueCell(after, "after"),
    ),
  );
  return createElement(
    "table",
    { className: "changed" },
    createElement("caption", {}, ...title),
    createElement("thead", {}, createElement("tr", {}, ...columns)),
    createElement("tbody", {}, ...rows),
  );
}

const valueCell = (value, className) =>
  createElement("td", {}, createElement("code", { className }, JSON.stringify(value) ?? "absent"));

function eventsSection(events) {
  if (!events.length) return section("h3", "Events", faintText("No events."));
  const items = events.map(({ id, type, payload }) => {
    const href = pageUrl("/dashboard/webhooks", { event: id });
    const link = createElement("a", { href }, "Deliveries");
    link.setAttribute("aria-label", `Deliveries of ${type} ${id}`);
    const line = factsLine(tag(type, "accent"), monoText(id), link);
    const content = collapsible("Payload", jsonBlock(`${type} ${id}`, payload));
    return createElement("li", {}, line, content);
  });
  const list = createElement("ul", { className: "plain-list" }, ...items);
  return section("h3", `Events (${events.length})`, list);
}

function curlSection(command) {
  const hint = faintText("Sends the same request to the same sandbox, from a POSIX shell.");
  return section("h3", "Repeat", hint, codeBlock("curl", command));
}
