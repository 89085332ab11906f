/** The conversations as a messenger shows them, live. */

import "./shell.js";
import { mark, refresh as refreshChats } from "./chats.js";
import { attempt } from "./dom.js";
import { follow } from "./pulse.js";
import { named, open, refresh as refreshThread } from "./thread.js";

addEventListener("hashchange", () => {
  if (location.hash !== "" && !named()) return; // the link that skips to the content
  attempt(go);
});

function go() {
  const opened = open(); // on a phone it hides the list, or shows it
  return Promise.all([opened, mark(named())]);
}

follow(async (pulse) => {
  await Promise.all([refreshChats(pulse.clock.now), refreshThread()]);
}, "world");
attempt(go);
