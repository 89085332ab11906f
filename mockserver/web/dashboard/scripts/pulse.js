/** The sandbox's pulse: asked every second while the page is seen, told to whom it concerns. */

import { control, open, sandbox } from "./connection.js";

const EVERY = 1000; // milliseconds

const followers = [];
let last = null;
let timer = null;
let under_way = null;

/**
 * Call `follower(pulse, previous)` now and whenever one of its `parts` (names in the pulse:
 * world, requests, deliveries, clock) has moved; of all, where none is named. A follower may be
 * asynchronous: the next pulse is not asked for before it is done.
 */
export function follow(follower, ...parts) {
  followers.push({ follower, parts });
  beat();
}

/** Ask at once: something was just done. */
export function beat() {
  clearTimeout(timer);
  under_way ??= ask().finally(() => {
    under_way = null;
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(beat, EVERY);
  });
  return under_way;
}

async function ask() {
  let pulse;
  try {
    if (!last) await open();
    pulse = await control("GET", "/pulse", { query: { sandbox } });
    tellTrouble(null);
  } catch (error) {
    tellTrouble(error);
    return;
  }
  const previous = last;
  last = pulse;
  for (const each of followers) {
    const known = each.seen;
    each.seen = pulse;
    if (!known || moved(known, pulse, each.parts)) {
      await Promise.resolve(each.follower(pulse, known ?? previous)).catch((error) => {
        // No answer at all is told by the next pulse; or the page is being left.
        if (error.status !== 0) console.warn(error.message);
        each.seen = undefined; // it is told again
      });
    }
  }
}

/** What keeps the pulse from being felt: nothing (null), no answer, or a refusal. */
function tellTrouble(error) {
  const isGone = error?.status === 404;
  const told = isGone
    ? `The sandbox '${sandbox}' is gone; reload this page to open it anew.`
    : null;
  document.body.classList.toggle("offline", error?.status === 0);
  document.body.classList.toggle("gone", isGone);
  const trouble = document.querySelector("#trouble");
  const text = error ? (told ?? `Trying again: ${error.message}`) : "";
  if (trouble.textContent !== text) trouble.textContent = text;
}

function moved(before, now, parts) {
  const names = parts.length ? parts : Object.keys(now);
  return names.some((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]));
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) beat();
});
