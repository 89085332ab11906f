/** DOM helpers. Strings are only ever inserted as text, never parsed as markup. */

import { formatDateTime } from "./format.js";

export const $ = (selector, parent = document) => parent.querySelector(selector);
export const $$ = (selector, parent = document) => [...parent.querySelectorAll(selector)];

/** Clone the single child of a <template>. */
export const cloneTemplate = (id) => $(`#${id}`).content.firstElementChild.cloneNode(true);

/** Create an element with properties and children (elements or strings; null is skipped). */
export function createElement(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Set the text of an element, if it differs, and hide the element if the text is empty. */
export function setText(parent, selector, value) {
  const element = $(selector, parent);
  const text = value === null || value === undefined ? "" : String(value);
  if (element.textContent !== text) element.textContent = text;
  element.hidden = text === "";
  return element;
}

/** Show a time (Unix seconds) in a <time> element; hide the element if it is null. */
export function setTime(element, seconds, format = formatDateTime) {
  element.hidden = seconds === null;
  if (seconds === null) return;
  element.dateTime = new Date(seconds * 1000).toISOString();
  element.title = `${formatDateTime(seconds)} UTC`;
  const text = format(seconds);
  if (element.textContent !== text) element.textContent = text;
}

/** Create a <time> element for a time in Unix seconds. */
export function createTime(seconds, format = formatDateTime) {
  const element = createElement("time");
  setTime(element, seconds, format);
  return element;
}

/**
 * Update the children of `list` to match `items`, keyed by `getKey(item)`.
 *
 * An element that stays keeps its focus and scroll position. `create(item)` returns a new element;
 * `update(element, item)` is then called for each element, new or kept.
 */
export function reconcileChildren(list, items, getKey, create, update = () => {}) {
  const elements = new Map([...list.children].map((element) => [element.dataset.key, element]));
  const itemsByKey = new Map(items.map((item) => [String(getKey(item)), item]));
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  for (const [key, element] of elements) if (!itemsByKey.has(key)) element.remove();
  let next = list.firstElementChild;
  for (const [key, item] of itemsByKey) {
    let element = elements.get(key);
    if (!element) {
      element = create(item);
      element.dataset.key = key;
    }
    update(element, item);
    if (element === next) next = next.nextElementSibling;
    else list.insertBefore(element, next);
  }
  if (focused?.isConnected) focused.focus({ preventScroll: true }); // moving an element blurs it
}
