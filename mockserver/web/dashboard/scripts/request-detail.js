/** One request, whole: what came, what was answered, what it did, and how to repeat it. */

import { block, body, folded, headers, json, panel, statusTag, tag } from "./blocks.js";
import { copy, make } from "./dom.js";
import { facts, target } from "./request-row.js";

/** What there is to show of it, but for the way back. */
export function detail(told) {
  return [
    title(told),
    make("p", { className: "facts faint" }, ...facts(told)),
    told.faults.length ? faults(told.faults) : null,
    side("Request", told.request),
    side("Response", told.response, told.status === 0),
    changes(told.changes),
    events(told.events),
    repeated(told.curl),
  ].filter(Boolean);
}

function title(told) {
  const button = make("button", { type: "button", className: "plain" }, "Copy as curl");
  button.addEventListener("click", () => copy(told.curl, "The command is copied"));
  const name = make("span", { className: "mono path" }, target(told));
  const heading = make("h2", { tabIndex: -1 }, tag(told.method, "method"), " ", name);
  return make("div", { className: "detail-head" }, heading, statusTag(told.status), button);
}

const section = (name, ...shown) => make("section", {}, make("h3", {}, name), ...shown);

function faults(hits) {
  const items = hits.map((hit) => {
    const { type, cause, ...rest } = hit;
    const said = Object.entries(rest).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
    const why = cause ? `, caused by ${JSON.stringify(cause)}` : "";
    return make("li", {}, tag(type, "warn"), ` ${said.join(", ")}${why}`);
  });
  return section("What went wrong with it", make("ul", { className: "plain-list" }, ...items));
}

function side(name, told, isLost = false) {
  const type = Object.entries(told.headers).find(([each]) => each.toLowerCase() === "content-type");
  const lost = make("p", { className: "faint" }, "None of it, or not all, has reached the client.");
  const shown = body(`${name} body`, told.body, type?.[1]);
  return section(name, isLost ? lost : null, shown, headers(`${name} headers`, told.headers));
}

function changes(told) {
  if (!told.length) return section("Changes", faint("It changed nothing."));
  return section(`Changes (${told.length})`, ...told.map(change));
}

function change(each) {
  const words = [tag(each.change, KINDS[each.change]), ` ${each.kind} `, id(each.id)];
  if (!each.attributes) {
    const object = json(`${each.change} ${each.kind} ${each.id}`, each.object);
    return make("details", {}, make("summary", {}, ...words), object);
  }
  const heads = ["Attribute", "Before", "After"].map((name) => make("th", { scope: "col" }, name));
  const rows = Object.entries(each.attributes).map(([name, { before, after }]) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, name),
      value(before, "before"),
      value(after, "after"),
    ),
  );
  return make(
    "table",
    { className: "changed" },
    make("caption", {}, ...words),
    make("thead", {}, make("tr", {}, ...heads)),
    make("tbody", {}, ...rows),
  );
}

const KINDS = { created: "good", deleted: "bad", updated: "accent" };
const id = (text) => make("span", { className: "mono" }, text);
const faint = (text) => make("p", { className: "faint" }, text);
const value = (given, className) =>
  make("td", {}, make("code", { className }, JSON.stringify(given) ?? "absent"));

function events(told) {
  if (!told.length) return section("Events", faint("It caused none."));
  const items = told.map((each) => {
    const link = make(
      "a",
      { href: panel("/dashboard/webhooks", { event: each.id }) },
      "Deliveries",
    );
    link.setAttribute("aria-label", `Deliveries of ${each.type} ${each.id}`);
    const line = make("p", { className: "facts" }, tag(each.type, "accent"), id(each.id), link);
    return make("li", {}, line, folded("Payload", json(`${each.type} ${each.id}`, each.payload)));
  });
  const list = make("ul", { className: "plain-list" }, ...items);
  return section(`Events (${told.length})`, list);
}

function repeated(curl) {
  const said = faint("For a POSIX shell. It does the same again, in the same sandbox.");
  return section("Repeat it", said, block("curl", curl));
}
