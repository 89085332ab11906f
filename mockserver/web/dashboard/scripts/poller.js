/**
 * Polling, while the page is visible.
 *
 * The counters (/_sandbox/counters) are cheap and polled every second; subscribers run when a counter
 * they name has changed. Data without a counter, such as fault rules, is reloaded periodically, see
 * `startRefreshing`.
 */

import { callControl, ensureSandbox, sandboxName } from "./api-client.js";

const POLL_INTERVAL = 1000; // milliseconds
const REFRESH_INTERVAL = 1500; // milliseconds
const MAX_REFRESH_INTERVAL = 10 * REFRESH_INTERVAL;
const REFRESH_SHARE = 20; // pause at least this many times as long as a refresh took

const subscribers = [];
let counters = null;
let pollTimer = null;
let polling = null;

/**
 * Call `onChange(counters, previous)` now and whenever one of the named counters changes.
 *
 * Without names, any change counts. `onChange` may be asynchronous: the next poll waits for it.
 */
export function subscribe(onChange, ...names) {
  subscribers.push({ onChange, names, seen: undefined });
  pollNow();
}

/** Poll at once, such as after an action. */
export function pollNow() {
  clearTimeout(pollTimer);
  polling ??= poll().finally(() => {
    polling = null;
    clearTimeout(pollTimer);
    if (!document.hidden) pollTimer = setTimeout(pollNow, POLL_INTERVAL);
  });
  return polling;
}

async function poll() {
  const previous = counters;
  try {
    if (!counters) await ensureSandbox();
    counters = await callControl("GET", "/counters", { query: { sandbox: sandboxName } });
    showConnectionError(null);
  } catch (error) {
    showConnectionError(error);
    return;
  }
  for (const subscriber of subscribers) await notify(subscriber, previous);
}

async function notify(subscriber, previous) {
  const { seen, names, onChange } = subscriber;
  if (seen && !hasChanged(seen, counters, names)) return;
  subscriber.seen = counters;
  try {
    await onChange(counters, seen ?? previous);
  } catch (error) {
    // Without a response (status 0) the next poll shows the error, or the page is being left.
    if (error.status !== 0) console.warn(error.message);
    subscriber.seen = undefined; // call it again after the next poll
  }
}

function hasChanged(before, after, names) {
  const compared = names.length ? names : Object.keys(after);
  return compared.some((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

/** Show in the header why polling failed; null clears it. */
function showConnectionError(error) {
  const isDeleted = error?.status === 404;
  document.body.classList.toggle("offline", error?.status === 0);
  document.body.classList.toggle("sandbox-deleted", isDeleted);
  const text = isDeleted
    ? `The sandbox '${sandboxName}' was deleted; reload this page to create it again.`
    : error
      ? `Retrying: ${error.message}`
      : "";
  const banner = document.querySelector("#connection-error");
  if (banner.textContent !== text) banner.textContent = text;
}

let refreshPage = null;
let refreshTimer = null;
let refreshing = null;

/** Call `refresh`, which loads and renders the page's data, now and periodically. */
export function startRefreshing(refresh) {
  refreshPage = refresh;
  pollNow().then(refreshNow); // the first poll creates the sandbox
}

/** Refresh at once, such as after an action. */
export async function refreshNow() {
  await refreshing; // it may have loaded the state before the action
  clearTimeout(refreshTimer);
  refreshing ??= refreshOnce().finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function refreshOnce() {
  if (!refreshPage) return;
  const start = performance.now();
  try {
    if (!document.body.matches(".offline, .sandbox-deleted")) await refreshPage();
  } catch (error) {
    console.info(error.message); // the next poll shows it
  }
  clearTimeout(refreshTimer);
  const pause = Math.max(REFRESH_INTERVAL, REFRESH_SHARE * (performance.now() - start));
  if (!document.hidden) {
    refreshTimer = setTimeout(refreshNow, Math.min(pause, MAX_REFRESH_INTERVAL));
  }
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(refreshTimer);
  if (document.hidden) return;
  pollNow();
  if (refreshPage) refreshNow();
});
