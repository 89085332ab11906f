/** Elements: made from templates, filled with text. No markup is ever made from a text. */

export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

/** The one element of a template, anew. */
export const stamp = (id) => $(`#${id}`).content.firstElementChild.cloneNode(true);

/** Set the text of what a selector finds; an empty one is hidden. */
export function say(within, selector, text) {
  const element = $(selector, within);
  const said = text === null || text === undefined ? "" : String(text);
  if (element.textContent !== said) element.textContent = said;
  element.hidden = said === "";
  return element;
}

/** An element with properties, and children that are elements or texts. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((each) => each !== null && each !== undefined));
  return element;
}

const WHEN = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  ...{ day: "numeric", month: "short", year: "numeric" },
  ...{ hour: "2-digit", minute: "2-digit", second: "2-digit" },
});
const HOUR = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  ...{ hour: "2-digit", minute: "2-digit" },
});
const DAY = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  ...{ weekday: "long", day: "numeric", month: "long", year: "numeric" },
});

/** A moment on the sandbox's clock (Unix seconds), in UTC: whole, its hour, its day. */
export const when = (seconds) => WHEN.format(seconds * 1000);
export const hour = (seconds) => HOUR.format(seconds * 1000);
export const day = (seconds) => DAY.format(seconds * 1000);

/** Make a <time> tell a moment. */
export function tell(time, seconds, format = when) {
  time.hidden = seconds === null;
  if (seconds === null) return;
  time.dateTime = new Date(seconds * 1000).toISOString();
  time.title = `${when(seconds)} UTC`;
  const text = format(seconds);
  if (time.textContent !== text) time.textContent = text;
}

/**
 * Bring the children of `list` in line with `items`, by `key(item)`, so that what stays keeps its
 * focus and its place: `create(item)` makes one, `update(element, item)` fills it.
 */
export function reconcile(list, items, key, create, update) {
  const known = new Map([...list.children].map((element) => [element.dataset.key, element]));
  const wanted = new Map(items.map((item) => [String(key(item)), item]));
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  for (const [name, element] of known) if (!wanted.has(name)) element.remove();
  let place = list.firstElementChild;
  for (const [name, item] of wanted) {
    let element = known.get(name);
    if (!element) {
      element = create(item);
      element.dataset.key = name;
    }
    update(element, item);
    if (element === place) place = place.nextElementSibling;
    else list.insertBefore(element, place);
  }
  if (focused?.isConnected) focused.focus({ preventScroll: true }); // to be moved takes it away
}

/** Tell the reader something, for a while; what is `bad` stays until it is dismissed. */
export function notice(text, kind = "good") {
  const close = make("button", { type: "button", className: "quiet", textContent: "✕" });
  close.setAttribute("aria-label", "Dismiss");
  const shown = make("p", { className: `notice ${kind}` }, make("span", {}, text), close);
  close.addEventListener("click", () => shown.remove());
  const notices = $("#notices");
  // What was told already and is still to be read is not told twice.
  for (const each of notices.children) if (each.textContent === shown.textContent) each.remove();
  notices.append(shown);
  while (notices.children.length > 4) notices.firstElementChild.remove();
  if (kind !== "bad") setTimeout(() => shown.remove(), 5000);
}

/** Do something that may be refused; then the reader is told why. Returns whether it was done. */
export async function attempt(action, done) {
  try {
    await action();
  } catch (error) {
    notice(error.message, "bad");
    return false;
  }
  if (done) notice(done);
  return true;
}

/** Copy a text, and say so. */
export async function copy(text, what = "Copied") {
  try {
    await navigator.clipboard.writeText(text);
    notice(`${what}.`);
  } catch {
    notice("The browser does not let this page copy; select the text instead.", "bad");
  }
}
