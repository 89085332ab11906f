/** What the pulse does not count, such as faults: looked at again and again while the page is seen. */

import { beat } from "./pulse.js";

const EVERY = 1500; // milliseconds
const SHARE = 20; // after a look that took long, so many times as long: the server has other work

let look = null;
let timer = null;
let under_way = null;

/** Call `looker`, which asks and shows, now and every now and then. There is one a page. */
export function watch(looker) {
  look = looker;
  beat().then(again); // the pulse has the sandbox opened
}

/** Look at once: something was just done. */
export async function again() {
  await under_way; // what it finds may be from before
  clearTimeout(timer);
  under_way ??= once().finally(() => {
    under_way = null;
  });
  return under_way;
}

async function once() {
  const start = performance.now();
  try {
    if (!document.body.matches(".offline, .gone")) await look();
  } catch (error) {
    console.info(error.message); // the pulse tells the reader of it
  }
  clearTimeout(timer);
  const pause = Math.max(EVERY, SHARE * (performance.now() - start));
  if (!document.hidden) timer = setTimeout(again, Math.min(pause, 10 * EVERY));
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  if (look && !document.hidden) again();
});
