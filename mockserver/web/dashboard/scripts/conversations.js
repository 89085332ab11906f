/** The Conversations page: a messenger, live. */

import "./header.js";
import { tryAction } from "./actions.js";
import { refreshConversations, selectConversation } from "./conversation-list.js";
import { subscribe } from "./poller.js";
import { conversationIdFromHash, refreshThread, showConversation } from "./thread.js";

addEventListener("hashchange", () => {
  // Ignore other hashes, such as that of the skip link.
  if (location.hash !== "" && !conversationIdFromHash()) return;
  tryAction(openFromHash);
});

function openFromHash() {
  const opened = showConversation(); // first, as on a phone it hides or shows the list
  return Promise.all([opened, selectConversation(conversationIdFromHash())]);
}

subscribe(async ({ clock }) => {
  await Promise.all([refreshConversations(clock.now), refreshThread()]);
}, "world");
tryAction(openFromHash);
