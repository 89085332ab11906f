/**
 * Lists of links of which one is chosen: one stop of the Tab key, in which arrows, Home and End
 * move. The list's children hold one link each.
 */

import { $, $$ } from "./dom.js";

const LONG = 100; // rows, of which only those that are seen are laid out
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

/** The place that a key leads to from `place`, of `count`; null where it leads nowhere. */
export function goal(event, place, count) {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const found =
    event.key in STEPS ? place + STEPS[event.key] : { Home: 0, End: count - 1 }[event.key];
  return found >= 0 && found < count ? found : null;
}

/** Have the keys move in a list. */
export function rove(list) {
  list.addEventListener("keydown", (event) => {
    const links = $$("a", list);
    const place = goal(event, links.indexOf(document.activeElement), links.length);
    if (place === null) return;
    event.preventDefault();
    links[place].focus();
  });
  list.addEventListener("focusin", (event) => stopAt(list, event.target.closest("a")));
}

/**
 * Once the rows have changed, mark the chosen one, by its key. The Tab key stops at it, or else
 * where it did, or at the first.
 */
export function mark(list, chosen) {
  for (const link of $$("a[aria-current]", list)) link.removeAttribute("aria-current");
  const link = chosen && linkOf(list, chosen);
  if (link) link.setAttribute("aria-current", "true");
  stopAt(list, link || $('a[tabindex="0"]', list) || $("a", list));
  list.classList.toggle("long", list.children.length > LONG);
}

/** The link of what has this key. */
export const linkOf = (list, key) => $(`:scope > [data-key="${CSS.escape(key)}"] a`, list);

function stopAt(list, link) {
  if (!link || link.tabIndex === 0) return;
  for (const each of $$('a[tabindex="0"]', list)) each.tabIndex = -1;
  link.tabIndex = 0;
}
