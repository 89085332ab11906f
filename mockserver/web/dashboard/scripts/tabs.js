/** Tabs, as the ARIA Authoring Practices have them: arrows choose, Tab goes into the panel. */

import { $, $$ } from "./dom.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

export function setUpTabs(list) {
  const tabs = $$('[role="tab"]', list);
  const choose = (chosen) => {
    for (const tab of tabs) {
      const isChosen = tab === chosen;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      $(`#${tab.getAttribute("aria-controls")}`).hidden = !isChosen;
    }
  };
  list.addEventListener("click", ({ target }) => {
    if (tabs.includes(target)) choose(target);
  });
  list.addEventListener("keydown", (event) => {
    const next = target(tabs, event.key);
    if (!next) return;
    event.preventDefault();
    choose(next);
    next.focus();
  });
}

/** The tab that a key leads to from the one that has the focus. */
function target(tabs, key) {
  if (key === "Home") return tabs[0];
  if (key === "End") return tabs.at(-1);
  const place = tabs.indexOf(document.activeElement);
  return key in STEPS ? tabs.at((place + STEPS[key]) % tabs.length) : null;
}
