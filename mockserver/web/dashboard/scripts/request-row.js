/** One request in the list. */

import { many, statusTag, tag } from "./blocks.js";
import { $, make, tell } from "./dom.js";

const HOUR = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  ...{ hour: "2-digit", minute: "2-digit", second: "2-digit" },
});
const second = (seconds) => HOUR.format(seconds * 1000);

/** Its path with its query, as one reads it. */
export function target(each) {
  const query = Object.entries(each.query).map(([name, value]) =>
    value ? `${name}=${value}` : name,
  );
  return each.path + (query.length ? `?${query.join("&")}` : "");
}

/** The time that it took. */
export const took = (ms) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString("en")} ms`;

/** Fill a row of the list, unless it shows this very request already. */
export function fill(item, each) {
  if (item.shown === each) return;
  item.shown = each;
  $("a", item).href = `#${each.id}`;
  $(".method", item).textContent = each.method;
  const path = $(".path", item);
  path.textContent = path.title = target(each);
  $(".state", item).replaceChildren(statusTag(each.status));
  $(".operation", item).textContent = each.operation || "no such operation";
  $(".ms", item).textContent = took(each.ms);
  tell($("time", item), each.at, second);
  $(".badges", item).replaceChildren(...badges(each));
}

function badges(each) {
  const { changes, events, faults } = each;
  return [
    changes.length ? tag(many(changes.length, "change"), "accent") : null,
    events.length ? tag(many(events.length, "event")) : null,
    faults.length ? tag(many(faults.length, "fault"), "warn") : null,
  ].filter(Boolean);
}

/** The same, told whole. */
export function facts(each) {
  const time = make("time");
  tell(time, each.at);
  return [
    make("span", { className: "mono" }, each.operation || "no such operation"),
    make("span", {}, took(each.ms)),
    make("span", {}, time, " UTC, by the sandbox's clock"),
    make("span", { className: "mono" }, each.id),
  ];
}
