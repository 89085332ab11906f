/** The list of conversations, in the order of the API. */

import { tryAction } from "./actions.js";
import { callControl } from "./api-client.js";
import { contactName, setAvatar } from "./contact.js";
import { $, $$, cloneTemplate, setText, setTime } from "./dom.js";
import { formatBriefly, formatDate } from "./format.js";
import { PagedList } from "./paged-list.js";
import { VirtualList } from "./virtual-list.js";

const RETRY_DELAY = 5000; // milliseconds
const SCROLL_END_DELAY = 200; // milliseconds without scrolling
const MAX_UNREAD = 99;

let conversations = null; // a PagedList
let filter = "";
let now = 0; // the sandbox's time
let retryTimer = null;

const list = new VirtualList($("#conversations-scroller"), $("#conversations"), {
  getKey: (summary) => summary.conversation.id,
  create: () => cloneTemplate("conversation"),
  update: (row, summary) => renderRow(row, summary, formatDate(now)),
  loadMore: () => conversations.loading || conversations.hasFailed || loadMore(),
});

/** Start over with the current filter. */
function restart() {
  const filterQuery = filter ? { [filter]: true } : {};
  conversations = new PagedList(
    (query) => callControl("GET", "/conversations", { query: { ...query, ...filterQuery } }),
    (summary) => summary.conversation.id,
  );
  list.scrollToTop();
  render(); // the empty list loads its first page
}

async function loadMore() {
  const loading = conversations;
  const succeeded = await tryAction(() => loading.loadMore());
  if (loading !== conversations) return; // the filter has changed
  if (succeeded) {
    render();
  } else {
    clearTimeout(retryTimer);
    retryTimer = setTimeout(() => loading === conversations && loadMore(), RETRY_DELAY);
  }
}

/** Reload the visible conversations; `time` is the sandbox's. */
export async function refreshConversations(time = now) {
  now = time;
  if (!conversations) return restart();
  const refreshed = conversations;
  await refreshed.refresh(...list.renderedRange);
  if (refreshed === conversations) render();
}

function render() {
  list.setItems(conversations.items, !conversations.hasMore);
  $("#conversations-empty").hidden = conversations.items.length > 0 || conversations.hasMore;
}

/** Mark the open conversation; an empty id marks none. */
export function selectConversation(id) {
  list.select(id);
  return conversations && refreshConversations(); // on a phone, the list was hidden until now
}

// Rows outside the view are not refreshed while they are: refresh where scrolling ends.
let scrollTimer = null;
$("#conversations-scroller").addEventListener(
  "scroll",
  () => {
    clearTimeout(scrollTimer);
    scrollTimer = setTimeout(() => tryAction(() => refreshConversations()), SCROLL_END_DELAY);
  },
  { passive: true },
);

function renderRow(row, summary, today) {
  // Most rows have not changed: compare identities first, then content.
  if (row.summary === summary && row.today === today) return;
  const content = JSON.stringify([summary, today]);
  row.summary = summary;
  row.today = today;
  if (row.content === content) return;
  row.content = content;
  const { conversation, last_message: last, title, avatar_url: avatar, unread } = summary;
  $("a", row).href = `#${conversation.id}`;
  setAvatar($(".avatar", row), title, avatar);
  setText(row, ".title", title);
  setTime($("time", row), last?.created_at ?? null, (seconds) => formatBriefly(seconds, today));
  setText(row, ".snippet", snippet(summary));
  const marks = {
    pinned: conversation.is_pinned,
    muted: conversation.is_muted,
    archived: conversation.archived_at !== null,
  };
  for (const mark of $$(".mark", row)) mark.hidden = !marks[mark.dataset.mark];
  const unreadText = unread ? `${unread}${unread > MAX_UNREAD ? "+" : ""}` : "";
  setText(row, ".unread", unreadText).title = "unread";
}

function snippet({ last_message: last, user, others, kind }) {
  if (!last) return "No messages yet";
  const files = last.attachments.map(({ filename }) => `📎 ${filename}`);
  const text = last.message || files.join(", ");
  if (last.contact.id === user.id) return `You: ${text}`;
  const sender = others.find((contact) => contact.id === last.contact.id) ?? last.contact;
  return kind === "group" ? `${contactName(sender)}: ${text}` : text;
}

const filterButtons = $$("[data-filter]");
for (const button of filterButtons) {
  button.addEventListener("click", () => {
    filter = button.dataset.filter;
    for (const other of filterButtons) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    restart();
  });
}
