/** The open conversation: its messages, and the user's actions on it. */

import { showNotice, tryAction } from "./actions.js";
import { callApi, callControl } from "./api-client.js";
import { editMessage, selectedAuthor, showComposer } from "./composer.js";
import { contactName, setAvatar } from "./contact.js";
import { $, $$, createElement, reconcileChildren, setText } from "./dom.js";
import { formatDate } from "./format.js";
import { createMessageView, updateMessageView } from "./message-view.js";
import { PagedList } from "./paged-list.js";
import { pollNow } from "./poller.js";

const scroller = $("#messages-scroller");
const list = $("#messages");
const END_DISTANCE = 80; // pixels from the end within which the view follows new messages

let summary = null; // the conversation summary
let messages = null; // a PagedList, newest first
let openCount = 0; // increases whenever a conversation is opened
let isFollowing = true;

/** Return the conversation id in the URL's hash, or an empty string. */
export const conversationIdFromHash = () => /^#([A-Za-z0-9]{16})$/.exec(location.hash)?.[1] ?? "";

const conversationPath = (id) => `/conversations/${encodeURIComponent(id)}`;

/** Load and show the conversation in the URL's hash, if there is one. */
export async function showConversation() {
  const id = conversationIdFromHash();
  const openNumber = ++openCount;
  document.body.classList.toggle("has-thread", id !== "");
  summary = messages = null;
  list.replaceChildren();
  $("#thread").inert = true; // nothing may be sent to the previous conversation
  try {
    if (id) await loadConversation(id, openNumber);
  } catch (error) {
    if (openNumber !== openCount) return;
    closeConversation(); // so that it can be selected again
    throw error;
  } finally {
    if (openNumber === openCount) showThread();
  }
}

/** Remove the conversation from the URL, without a new entry in the history. */
const closeConversation = () => location.replace("#");

function showThread() {
  $("#thread").hidden = !summary;
  $("#thread").inert = !summary;
  $("#thread-none").hidden = Boolean(summary);
  if (!summary) return;
  scrollToEnd();
  $("#thread-title").focus({ preventScroll: true });
}

async function loadConversation(id, openNumber) {
  const loadedMessages = new PagedList(
    (query) => callControl("GET", `${conversationPath(id)}/messages`, { query }),
    (message) => message.id,
  );
  const loadedSummary = await callControl("GET", conversationPath(id));
  await loadedMessages.loadMore();
  if (openNumber !== openCount) return; // another conversation was opened meanwhile
  [summary, messages] = [loadedSummary, loadedMessages];
  render();
}

/** Reload the conversation and its visible messages. */
export async function refreshThread() {
  if (!summary) return;
  const refreshed = messages;
  const lastId = messages.items[0]?.id;
  let loadedSummary;
  try {
    loadedSummary = await callControl("GET", conversationPath(summary.conversation.id));
    if (refreshed === messages) await refreshed.refresh(...visibleRange());
  } catch (error) {
    if (error.status !== 404) throw error;
    if (refreshed !== messages) return;
    showNotice("This conversation was deleted.", "bad");
    closeConversation();
    return;
  }
  if (refreshed !== messages) return; // another conversation was opened meanwhile
  summary = loadedSummary;
  render();
  const hasNew = messages.items[0]?.id !== lastId;
  if (!isFollowing && hasNew) $("#newer").hidden = false;
}

/** Return the visible messages: the index of the latest, counted from the end, and their number. */
function visibleRange() {
  const frame = scroller.getBoundingClientRect();
  const indexes = $$(".message", list).flatMap((element, index, all) => {
    const box = element.getBoundingClientRect();
    const isVisible = box.bottom > frame.top && box.top < frame.bottom;
    return isVisible ? [all.length - 1 - index] : [];
  });
  return indexes.length ? [Math.min(...indexes), indexes.length] : [0, 0];
}

function scrollToEnd() {
  isFollowing = true;
  scroller.scrollTop = scroller.scrollHeight;
}

const isAtEnd = () =>
  scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < END_DISTANCE;

function render() {
  renderHeader();
  showComposer(summary, mayExist);
  const version = JSON.stringify([
    summary.user,
    summary.others,
    summary.conversation.pinned_message_id,
  ]);
  reconcileChildren(
    list,
    listEntries(),
    (entry) => entry.key,
    createEntry,
    (element, entry) => {
      if (entry.message) updateMessageView(element, entry.message, summary, version);
      else if (element.textContent !== entry.date) element.textContent = entry.date;
    },
  );
  $("#messages-start").hidden = messages.hasMore;
}

function renderHeader() {
  const { conversation, others, title, kind, avatar_url: avatar } = summary;
  setAvatar($("#thread-avatar"), title, avatar);
  setText(document, "#thread-title", title);
  const people =
    kind === "group" ? ["You", ...others.map(contactName)].join(", ") : others[0]?.phone_number;
  setText(document, "#thread-people", people ?? "Notes to self");
  for (const button of flagButtons) {
    const value = conversation[button.dataset.flag];
    button.setAttribute("aria-pressed", String(value !== false && value !== null));
  }
  const pinnedId = conversation.pinned_message_id;
  const pinned = messages.items.find((message) => message.id === pinnedId);
  const pinnedText = pinned?.message ?? "an earlier message";
  setText(document, "#pinned", pinnedId ? `📌 ${pinnedText}` : "");
}

/** Return the messages, oldest first, with an entry before each new date. */
function listEntries() {
  const entries = [];
  for (const message of [...messages.items].reverse()) {
    const date = formatDate(message.created_at);
    if (entries.at(-1)?.date !== date) entries.push({ key: `date-${message.id}`, date });
    entries.push({ key: message.id, date, message });
  }
  return entries;
}

const createEntry = (entry) =>
  entry.message ? createMessageView(runMessageAction) : createElement("li", { className: "day" });

/** Return false if a message was deleted, and true for a message that may be on a later page. */
function mayExist({ id, created_at: createdAt }) {
  if (messages.items.some((message) => message.id === id)) return true;
  const oldest = messages.items.at(-1);
  return messages.hasMore && Boolean(oldest) && createdAt <= oldest.created_at;
}

async function loadEarlier() {
  if (!messages?.hasMore) return;
  const loading = messages;
  const succeeded = await tryAction(() => loading.loadMore());
  if (!succeeded || loading !== messages) return;
  const heightBefore = scroller.scrollHeight;
  const top = scroller.scrollTop;
  render();
  scroller.scrollTop = top + scroller.scrollHeight - heightBefore; // keep the visible messages
  // The observer reports only changes: observe again, in case the start is still visible.
  startObserver.unobserve($("#messages-more"));
  startObserver.observe($("#messages-more"));
}

const messageActions = {
  react: toggleReaction,
  edit: (message) => editMessage(message, summary),
  pin: (message) => {
    const { id, pinned_message_id: pinnedId } = summary.conversation;
    const newPinnedId = pinnedId === message.id ? null : message.id;
    return callApi("PUT", `/conversations/${id}`, { pinned_message_id: newPinnedId });
  },
  delete: (message) => {
    if (!confirm("Delete this message? This cannot be undone.")) return undefined;
    return message.contact.id === summary.user.id
      ? callApi("DELETE", `/messages/${message.id}`)
      : callControl("POST", "/simulate/delete", { body: { message_id: message.id } });
  },
};

async function runMessageAction(name, message, argument) {
  await tryAction(async () => messageActions[name](message, argument));
  pollNow();
}

/** Add or remove a reaction of the selected author: the user by the API, others by simulation. */
function toggleReaction(message, name) {
  const author = selectedAuthor(summary);
  const reactions = new Map(message.reactions.flatMap((entry) => Object.entries(entry)));
  const usernames = reactions.get(name) ?? [];
  const hasReacted = usernames.includes(author.username);
  if (author.id !== summary.user.id) {
    const body = { from: author.id, message_id: message.id, reaction: name };
    return callControl("POST", hasReacted ? "/simulate/unreact" : "/simulate/react", { body });
  }
  const newUsernames = hasReacted
    ? usernames.filter((username) => username !== author.username)
    : [...usernames, author.username];
  reactions.set(name, newUsernames);
  if (!newUsernames.length) reactions.delete(name);
  return callApi("PUT", `/messages/${message.id}`, { reactions: Object.fromEntries(reactions) });
}

const flagButtons = $$("[data-flag]");
for (const button of flagButtons) {
  button.addEventListener("click", async () => {
    const { flag } = button.dataset;
    const isOn = button.getAttribute("aria-pressed") === "true";
    const path = `/conversations/${summary.conversation.id}`;
    await tryAction(async () => {
      const { now } = (await callControl("GET", "/clock")) ?? {};
      const value = flag === "archived_at" ? (isOn ? null : now) : !isOn;
      await callApi("PUT", path, { [flag]: value });
    });
    pollNow();
  });
}

$("#open").addEventListener("click", async () => {
  const body = { conversation_id: summary.conversation.id };
  await tryAction(() => callControl("POST", "/simulate/open", { body }), "Marked as opened.");
  pollNow();
});

$("#newer").addEventListener("click", scrollToEnd);
scroller.addEventListener("scroll", () => {
  isFollowing = isAtEnd();
  if (isFollowing) $("#newer").hidden = true;
});
// Stay at the end when the list grows, also when an image has loaded.
new ResizeObserver(() => {
  if (isFollowing) scrollToEnd();
}).observe(list);

const startObserver = new IntersectionObserver(
  (entries) => {
    if (entries.some((entry) => entry.isIntersecting)) loadEarlier();
  },
  { root: scroller, rootMargin: "400px" },
);
startObserver.observe($("#messages-more"));
