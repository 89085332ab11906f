/**
 * Pictures come one at a time, and when the page has nothing else to do: each that is drawn anew
 * takes time from the scrolling (an SVG is a document of its own). Until then there are initials.
 */

import { root } from "./connection.js";
import { make } from "./dom.js";

const PATIENCE = 1000; // milliseconds for which a busy page may keep a picture waiting
const HEADWAY = 100; // milliseconds until the next one does not wait any more for one that is slow

/** Have something done when there is nothing else to do; Safari cannot tell when that is. */
const atLeisure = window.requestIdleCallback ?? ((work) => setTimeout(work, 50));

const waiting = new Map(); // the places that wait, and the URL of what they wait for
let isAtWork = false;

/** Fill a place: by what this server serves, else by initials. No other host is ever asked. */
export function picture(place, name, url) {
  const wanted = url && url.startsWith(`${root}/`) ? url : "";
  const initials = [...name.trim()].slice(0, 1).join("").toUpperCase() || "?";
  const shown = `${wanted}|${initials}`;
  if (place.dataset.shown === shown) return;
  place.dataset.shown = shown;
  place.dataset.tone = tone(name);
  place.replaceChildren(initials);
  waiting.delete(place);
  if (wanted) waiting.set(place, wanted);
  work();
}

/** One of six colours, the same for the same name. */
const tone = (name) => [...name].reduce((sum, each) => sum + each.codePointAt(0), 0) % 6;

function work() {
  if (isAtWork || waiting.size === 0) return;
  isAtWork = true;
  atLeisure(
    async () => {
      await next();
      isAtWork = false;
      work();
    },
    { timeout: PATIENCE },
  );
}

/** The one that came last is the one that is looked at. */
async function next() {
  for (const place of waiting.keys()) if (!place.isConnected) waiting.delete(place);
  const latest = [...waiting].at(-1);
  if (!latest) return;
  const [place, url] = latest;
  waiting.delete(place);
  const slow = new Promise((resolve) => setTimeout(resolve, HEADWAY));
  await Promise.race([hang(place, url), slow]);
}

async function hang(place, url) {
  const image = make("img", { src: url, alt: "", width: 40, height: 40 });
  try {
    await image.decode();
  } catch {
    return; // there is none: the initials stay
  }
  if (place.dataset.shown.startsWith(`${url}|`)) place.replaceChildren(image);
}
