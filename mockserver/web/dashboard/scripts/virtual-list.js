/**
 * A list of links of which only those that are seen, and a few around them, are in the document: a
 * frame of its scrolling costs the same among ten thousand rows as among ten.
 *
 * All rows have one height, which the style sheet gives them: it lays out the list by --count and
 * a row by --place. To the keyboard the list is one stop, as those of rows.js are.
 */

import { $, reconcile } from "./dom.js";
import { goal } from "./rows.js";

const AROUND = 10; // rows above and below those that are seen
const AHEAD = 30; // rows from the end, at which more are asked for

export class VirtualList {
  #scroller;
  #list;
  #kind;
  #items = [];
  #places = new Map(); // of the items, by their keys
  #isWhole = true;
  #chosen = ""; // the key of the link that is open
  #stop = ""; // the key of the link that the Tab key comes to, if it is not the first
  #height = 0; // of a row, in pixels; 0 before anything was laid out
  #start = 0; // the place of the first row that is seen
  #read = []; // the keys of the rows that are seen
  #isNew = false; // whether there are other items than were drawn

  /**
   * `kind` has `key(item)`, which names one, `create()` a row, `update(row, item)`; `more()` is
   * called whenever the end of an unfinished list is near.
   */
  constructor(scroller, list, kind) {
    this.#scroller = scroller;
    this.#list = list;
    this.#kind = kind;
    scroller.addEventListener("scroll", () => this.#draw(), { passive: true });
    list.addEventListener("keydown", (event) => this.#move(event));
    list.addEventListener("focusin", (event) => {
      this.#stop = event.target.closest("li").dataset.key;
      this.#draw();
    });
    new ResizeObserver(() => this.#layOut()).observe(scroller);
  }

  /** The place of the first row that is seen or near, and how many are. */
  get seen() {
    const from = Math.max(this.#start - AROUND, 0);
    return [from, this.#start + this.#read.length + AROUND - from];
  }

  /** Show these from now on; what is read stays where it is. `isWhole`: there are no others. */
  show(items, isWhole) {
    const top = this.#scroller.scrollTop; // which a shorter list may cut
    this.#items = [...items];
    this.#places = new Map(items.map((item, place) => [this.#kind.key(item), place]));
    this.#isWhole = isWhole;
    this.#list.style.setProperty("--count", items.length);
    this.#isNew = true;
    this.#layOut(top);
  }

  /** Mark the one that is open; none, where the key is empty. */
  choose(key) {
    this.#chosen = key;
    this.#stop = key || this.#stop;
    this.#draw();
  }

  toTop() {
    this.#scroller.scrollTop = 0;
    this.#start = 0;
  }

  /** By how many places most of what is read has moved. */
  #moved() {
    const moves = this.#read
      .map((key, row) => this.#places.get(key) - this.#start - row)
      .filter(Number.isInteger)
      .sort((one, other) => one - other);
    return moves[moves.length >> 1] ?? 0;
  }

  #layOut(top = this.#scroller.scrollTop) {
    // Nothing has a height while the list is hidden, as it is on a phone behind a thread.
    if (!this.#scroller.clientHeight) return;
    this.#height = this.#list.offsetHeight / this.#items.length || this.#height;
    if (this.#isNew && this.#start > 0) {
      this.#scroller.scrollTop = top + this.#moved() * this.#height;
    }
    this.#isNew = false;
    this.#draw();
  }

  #draw() {
    const { scrollTop, clientHeight } = this.#scroller;
    if (!clientHeight) return;
    if (this.#isNew) {
      this.#layOut();
      return;
    }
    const last = this.#items.length - 1;
    const placeAt = (top) => Math.min(Math.floor(top / (this.#height || Infinity)), last);
    this.#start = Math.max(placeAt(scrollTop), 0);
    const end = placeAt(scrollTop + clientHeight) + 1;
    this.#read = this.#items.slice(this.#start, end).map(this.#kind.key);

    // The one stop of the Tab key is there wherever one has scrolled.
    const stop = this.#places.get(this.#stop) ?? 0;
    const from = Math.max(this.#start - AROUND, 0);
    const shown = this.#items.slice(from, end + AROUND).map((_, row) => from + row);
    if (stop < from) shown.unshift(stop);
    else if (stop > shown.at(-1)) shown.push(stop);
    reconcile(
      this.#list,
      shown,
      (place) => this.#kind.key(this.#items[place]),
      this.#kind.create,
      (element, place) => this.#fill(element, place, place === stop),
    );
    if (!this.#isWhole && end + AHEAD > last) this.#kind.more();
  }

  #fill(element, place, isStop) {
    const item = this.#items[place];
    element.style.setProperty("--place", place);
    element.ariaPosInSet = place + 1;
    element.ariaSetSize = this.#isWhole ? this.#items.length : -1; // nobody knows
    const link = $("a", element);
    link.ariaCurrent = this.#kind.key(item) === this.#chosen ? "true" : null;
    link.tabIndex = isStop ? 0 : -1;
    this.#kind.update(element, item);
  }

  #move(event) {
    const key = event.target.closest("li").dataset.key;
    const place = goal(event, this.#places.get(key), this.#items.length);
    if (place === null) return;
    event.preventDefault();
    this.#stop = this.#kind.key(this.#items[place]);
    this.#draw();
    $(`:scope > [data-key="${CSS.escape(this.#stop)}"] a`, this.#list).focus();
  }
}
