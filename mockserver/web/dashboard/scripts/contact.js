/** How a contact is shown: name and avatar. */

import { origin } from "./api-client.js";
import { createElement } from "./dom.js";

/*
 * Avatars load one at a time while the page is idle, as decoding them (an SVG is a whole document)
 * would make scrolling stutter. Until then, an avatar shows the initial.
 */
const IDLE_TIMEOUT = 1000; // milliseconds that a busy page may postpone an avatar
const MAX_DECODE_WAIT = 100; // milliseconds before the next avatar starts beside a slow one

/** Run work when the page is idle; Safari has no requestIdleCallback. */
const whenIdle = window.requestIdleCallback ?? ((work) => setTimeout(work, 50));

const queue = new Map(); // elements that wait for an image, with its URL
let isLoading = false;

export const contactName = (contact) => contact.display_name || contact.username;

/** Show an image of this server in an avatar, else the initial; other hosts are never contacted. */
export function setAvatar(element, name, url) {
  const imageUrl = url?.startsWith(`${origin}/`) ? url : "";
  const initial = [...name.trim()].slice(0, 1).join("").toUpperCase() || "?";
  const content = `${imageUrl}|${initial}`;
  if (element.dataset.content === content) return;
  element.dataset.content = content;
  element.dataset.tone = tone(name);
  element.replaceChildren(initial);
  queue.delete(element);
  if (imageUrl) queue.set(element, imageUrl);
  processQueue();
}

/** Return one of six colors, always the same for a name. */
const tone = (name) => [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6;

function processQueue() {
  if (isLoading || queue.size === 0) return;
  isLoading = true;
  whenIdle(
    async () => {
      await loadNext();
      isLoading = false;
      processQueue();
    },
    { timeout: IDLE_TIMEOUT },
  );
}

/** Load the avatar that was queued last: it is the most likely to be visible. */
async function loadNext() {
  for (const element of queue.keys()) if (!element.isConnected) queue.delete(element);
  const last = [...queue].at(-1);
  if (!last) return;
  const [element, url] = last;
  queue.delete(element);
  const timeout = new Promise((resolve) => setTimeout(resolve, MAX_DECODE_WAIT));
  await Promise.race([showImage(element, url), timeout]);
}

async function showImage(element, url) {
  const image = createElement("img", { src: url, alt: "", width: 40, height: 40 });
  try {
    await image.decode();
  } catch {
    return; // not an image, or missing: keep the initial
  }
  if (element.dataset.content.startsWith(`${url}|`)) element.replaceChildren(image);
}
