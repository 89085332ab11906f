/**
 * A list of links that keeps only the visible rows, and a few around them, in the document.
 *
 * A frame of scrolling costs the same with ten thousand rows as with ten. All rows have the same
 * height, set by the style sheet: it positions a row by --index and sizes the list by --count.
 * For the keyboard the list has one Tab stop, as the lists of roving-focus.js.
 */

import { $, reconcileChildren } from "./dom.js";
import { indexAfterKey } from "./roving-focus.js";

const OVERSCAN = 10; // rows rendered above and below the visible ones
const LOAD_AHEAD = 30; // load more when this many rows from the end

export class VirtualList {
  #scroller;
  #list;
  #options;
  #items = [];
  #indexes = new Map(); // by key
  #isComplete = true;
  #selectedKey = "";
  #tabStopKey = ""; // empty: the first row
  #rowHeight = 0; // in pixels; 0 before the first layout
  #start = 0; // index of the first visible row
  #visibleKeys = [];
  #hasNewItems = false; // whether the items differ from those rendered

  /**
   * Options: `getKey(item)`, `create()` for a row, `update(row, item)`, and `loadMore()`, called
   * when the end of an incomplete list is near.
   */
  constructor(scroller, list, options) {
    this.#scroller = scroller;
    this.#list = list;
    this.#options = options;
    scroller.addEventListener("scroll", () => this.#render(), { passive: true });
    list.addEventListener("keydown", (event) => this.#handleKey(event));
    list.addEventListener("focusin", (event) => {
      this.#tabStopKey = event.target.closest("li").dataset.key;
      this.#render();
    });
    new ResizeObserver(() => this.#layOut()).observe(scroller);
  }

  /** The index of the first rendered row, and the number of rendered rows. */
  get renderedRange() {
    const from = Math.max(this.#start - OVERSCAN, 0);
    return [from, this.#start + this.#visibleKeys.length + OVERSCAN - from];
  }

  /** Replace the items; the visible rows keep their scroll position. */
  setItems(items, isComplete) {
    const scrollTop = this.#scroller.scrollTop; // a shorter list may change it
    this.#items = [...items];
    this.#indexes = new Map(items.map((item, index) => [this.#options.getKey(item), index]));
    this.#isComplete = isComplete;
    this.#list.style.setProperty("--count", items.length);
    this.#hasNewItems = true;
    this.#layOut(scrollTop);
  }

  /** Mark the selected row; an empty key selects none. */
  select(key) {
    this.#selectedKey = key;
    this.#tabStopKey = key || this.#tabStopKey;
    this.#render();
  }

  scrollToTop() {
    this.#scroller.scrollTop = 0;
    this.#start = 0;
  }

  /** Return by how many rows the visible rows have moved (the median). */
  #rowsMoved() {
    const shifts = this.#visibleKeys
      .map((key, row) => this.#indexes.get(key) - this.#start - row)
      .filter(Number.isInteger)
      .sort((left, right) => left - right);
    return shifts[shifts.length >> 1] ?? 0;
  }

  #layOut(scrollTop = this.#scroller.scrollTop) {
    // A hidden list has no height; on a phone it is hidden behind a conversation.
    if (!this.#scroller.clientHeight) return;
    this.#rowHeight = this.#list.offsetHeight / this.#items.length || this.#rowHeight;
    if (this.#hasNewItems && this.#start > 0) {
      this.#scroller.scrollTop = scrollTop + this.#rowsMoved() * this.#rowHeight;
    }
    this.#hasNewItems = false;
    this.#render();
  }

  #render() {
    const { scrollTop, clientHeight } = this.#scroller;
    if (!clientHeight) return;
    if (this.#hasNewItems) {
      this.#layOut();
      return;
    }
    const last = this.#items.length - 1;
    const indexAt = (top) =>
      Math.min(Math.floor(top / (this.#rowHeight || Number.POSITIVE_INFINITY)), last);
    this.#start = Math.max(indexAt(scrollTop), 0);
    const end = indexAt(scrollTop + clientHeight) + 1;
    this.#visibleKeys = this.#items.slice(this.#start, end).map(this.#options.getKey);

    // The row with the Tab stop is rendered wherever the list is scrolled.
    const tabStop = this.#indexes.get(this.#tabStopKey) ?? 0;
    const from = Math.max(this.#start - OVERSCAN, 0);
    const indexes = this.#items.slice(from, end + OVERSCAN).map((_, row) => from + row);
    if (tabStop < from) indexes.unshift(tabStop);
    else if (tabStop > indexes.at(-1)) indexes.push(tabStop);
    reconcileChildren(
      this.#list,
      indexes,
      (index) => this.#options.getKey(this.#items[index]),
      this.#options.create,
      (row, index) => this.#renderRow(row, index, index === tabStop),
    );
    if (!this.#isComplete && end + LOAD_AHEAD > last) this.#options.loadMore();
  }

  #renderRow(row, index, isTabStop) {
    const item = this.#items[index];
    row.style.setProperty("--index", index);
    row.ariaPosInSet = index + 1;
    row.ariaSetSize = this.#isComplete ? this.#items.length : -1; // -1: unknown
    const link = $("a", row);
    link.ariaCurrent = this.#options.getKey(item) === this.#selectedKey ? "true" : null;
    link.tabIndex = isTabStop ? 0 : -1;
    this.#options.update(row, item);
  }

  #handleKey(event) {
    const { key } = event.target.closest("li").dataset;
    const index = indexAfterKey(event, this.#indexes.get(key), this.#items.length);
    if (index === null) return;
    event.preventDefault();
    this.#tabStopKey = this.#options.getKey(this.#items[index]);
    this.#render();
    $(`:scope > [data-key="${CSS.escape(this.#tabStopKey)}"] a`, this.#list).focus();
  }
}
