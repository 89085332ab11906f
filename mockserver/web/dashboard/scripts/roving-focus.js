/**
 * Keyboard navigation with one Tab stop, as the ARIA Authoring Practices describe it.
 *
 * In a list of links, up and down, Home and End move the focus. In a tab list, left and right,
 * Home and End select a tab.
 */

import { $, $$ } from "./dom.js";

const MAX_LAID_OUT_ROWS = 100; // above this, the style sheet skips the layout of unseen rows
const LIST_STEPS = { ArrowDown: 1, ArrowUp: -1 };
const TAB_STEPS = { ArrowLeft: -1, ArrowRight: 1 };

/** Return the index that a key moves to from `index` of `count` items; null if it does not move. */
export function indexAfterKey(event, index, count) {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const target =
    event.key in LIST_STEPS
      ? index + LIST_STEPS[event.key]
      : { Home: 0, End: count - 1 }[event.key];
  return target >= 0 && target < count ? target : null;
}

/** Let the keys move the focus between the links of a list, one per child. */
export function useRovingFocus(list) {
  list.addEventListener("keydown", (event) => {
    const links = $$("a", list);
    const index = indexAfterKey(event, links.indexOf(document.activeElement), links.length);
    if (index === null) return;
    event.preventDefault();
    links[index].focus();
  });
  list.addEventListener("focusin", (event) => setTabStop(list, event.target.closest("a")));
}

/**
 * Mark the selected row of a list, after its rows have changed.
 *
 * The Tab stop is the selected row, else the row that was the Tab stop, else the first row.
 */
export function markSelected(list, selectedKey) {
  for (const link of $$("a[aria-current]", list)) link.removeAttribute("aria-current");
  const link = selectedKey && findLink(list, selectedKey);
  if (link) link.setAttribute("aria-current", "true");
  setTabStop(list, link || $('a[tabindex="0"]', list) || $("a", list));
  list.classList.toggle("long", list.children.length > MAX_LAID_OUT_ROWS);
}

/** Return the link of the row with this key. */
export const findLink = (list, key) => $(`:scope > [data-key="${CSS.escape(key)}"] a`, list);

function setTabStop(list, link) {
  if (!link || link.tabIndex === 0) return;
  for (const other of $$('a[tabindex="0"]', list)) other.tabIndex = -1;
  link.tabIndex = 0;
}

/** Make a tab list work: click or arrow keys select a tab and show its panel. */
export function setUpTabs(tabList) {
  const tabs = $$('[role="tab"]', tabList);
  const select = (selected) => {
    for (const tab of tabs) {
      const isSelected = tab === selected;
      tab.setAttribute("aria-selected", String(isSelected));
      tab.tabIndex = isSelected ? 0 : -1;
      $(`#${tab.getAttribute("aria-controls")}`).hidden = !isSelected;
    }
  };
  tabList.addEventListener("click", ({ target }) => {
    if (tabs.includes(target)) select(target);
  });
  tabList.addEventListener("keydown", (event) => {
    const tab = tabAfterKey(tabs, event.key);
    if (!tab) return;
    event.preventDefault();
    select(tab);
    tab.focus();
  });
}

function tabAfterKey(tabs, key) {
  if (key === "Home") return tabs[0];
  if (key === "End") return tabs.at(-1);
  const index = tabs.indexOf(document.activeElement);
  return key in TAB_STEPS ? tabs.at((index + TAB_STEPS[key]) % tabs.length) : null;
}
