/** One delivery in the list. */

import { many, statusTag, tag } from "./blocks.js";
import { $, tell } from "./dom.js";

const KINDS = { delivered: "good", failed: "bad", retrying: "warn", held: "accent" };

export const stateTag = (state) => tag(state, KINDS[state]);

/** The function that fills a row of the list; `nameOf` tells the name of a webhook by its id. */
export const filler = (nameOf) => (item, each) => {
  const told = JSON.stringify([each, nameOf(each.webhook)]);
  if (item.told === told) return;
  item.told = told;
  $("a", item).href = `#${each.id}`;
  $(".type", item).textContent = each.type;
  $(".state", item).replaceChildren(stateTag(each.state));
  $(".hook-name", item).textContent = nameOf(each.webhook) ?? each.url;
  $(".tries", item).textContent = each.attempts ? many(each.attempts, "attempt") : "not tried";
  tell($("time", item), each.at);
  const badges = [
    each.action ? tag(each.action.type, "accent") : null,
    each.status === null ? null : statusTag(each.status),
    each.status === null && each.reason ? tag(each.reason, "bad") : null,
  ];
  $(".badges", item).replaceChildren(...badges.filter(Boolean));
};
