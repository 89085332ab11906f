/** The list of conversations, in the API's order. */

import { control } from "./connection.js";
import { $, $$, attempt, day, hour, say, stamp, tell } from "./dom.js";
import { Paged } from "./paged.js";
import { called } from "./people.js";
import { picture } from "./pictures.js";
import { VirtualList } from "./virtual-list.js";

const AGAIN = 5000; // milliseconds until what was refused is asked for once more
const REST = 200; // milliseconds without scrolling

let paged = null;
let filter = "";
let now = 0;
let again = null;

const list = new VirtualList($("#chats-scroller"), $("#chats"), {
  key: (chat) => chat.conversation.id,
  create: () => stamp("chat"),
  update: (element, chat) => fill(element, chat, day(now)),
  more: () => paged.loading || paged.hasFailed || more(),
});

/** Begin anew with what is wanted: all, or only those of a sort. */
function begin() {
  const wanted = filter ? { [filter]: true } : {};
  paged = new Paged(
    (query) => control("GET", "/chats", { query: { ...query, ...wanted } }),
    (chat) => chat.conversation.id,
  );
  list.toTop();
  draw(); // which asks for the first of them
}

async function more() {
  const mine = paged;
  const isThere = await attempt(() => mine.more());
  if (mine !== paged) return;
  if (isThere) draw();
  else {
    clearTimeout(again);
    again = setTimeout(() => mine === paged && more(), AGAIN);
  }
}

/** Look anew at those that are seen. */
export async function refresh(moment = now) {
  now = moment;
  if (!paged) return begin();
  const mine = paged;
  await mine.refresh(...list.seen);
  if (mine === paged) draw();
}

function draw() {
  list.show(paged.items, !paged.hasMore);
  $("#chats-empty").hidden = paged.items.length > 0 || paged.hasMore;
}

/** Tell which one is open, by its id. */
export function mark(id) {
  list.choose(id);
  return paged && refresh(); // on a phone one comes back to what was not seen for a while
}

// Those that were not seen may have changed meanwhile: they are looked at where one rests.
let rest = null;
$("#chats-scroller").addEventListener(
  "scroll",
  () => {
    clearTimeout(rest);
    rest = setTimeout(() => attempt(() => refresh()), REST);
  },
  { passive: true },
);

function fill(element, chat, today) {
  // Nearly all are as they were.
  if (element.chat === chat && element.today === today) return;
  const shown = JSON.stringify([chat, today]);
  element.chat = chat;
  element.today = today;
  if (element.shown === shown) return;
  element.shown = shown;
  const { conversation, last_message: last } = chat;
  $("a", element).href = `#${conversation.id}`;
  picture($(".picture", element), chat.title, chat.avatar_url);
  say(element, ".title", chat.title);
  tell($("time", element), last && last.created_at, (at) => briefly(at, today));
  say(element, ".snippet", snippet(chat));
  const marks = {
    pinned: conversation.is_pinned,
    muted: conversation.is_muted,
    archived: conversation.archived_at !== null,
  };
  for (const each of $$(".mark", element)) each.hidden = !marks[each.dataset.mark];
  const unread = say(
    element,
    ".unread",
    chat.unread ? `${chat.unread}${chat.unread > 99 ? "+" : ""}` : "",
  );
  unread.title = "unread";
}

const DATE = { timeZone: "UTC", day: "numeric", month: "short" };
const SHORT = new Intl.DateTimeFormat("en-GB", DATE);
const LONG = new Intl.DateTimeFormat("en-GB", { ...DATE, year: "numeric" });

/** When it was, as one says it `today`: the hour, the date, or the year too. */
function briefly(seconds, today) {
  const date = day(seconds);
  if (date === today) return hour(seconds);
  const isThisYear = date.slice(-4) === today.slice(-4);
  return (isThisYear ? SHORT : LONG).format(seconds * 1000);
}

function snippet({ last_message: last, user, others, kind }) {
  if (!last) return "Nothing was said yet";
  const text = last.message || last.attachments.map((each) => `📎 ${each.filename}`).join(", ");
  if (last.contact.id === user.id) return `You: ${text}`;
  const sender = others.find((each) => each.id === last.contact.id) ?? last.contact;
  return kind === "group" ? `${called(sender)}: ${text}` : text;
}

for (const button of $$("[data-filter]")) {
  button.addEventListener("click", () => {
    filter = button.dataset.filter;
    for (const each of $$("[data-filter]"))
      each.setAttribute("aria-pressed", String(each === button));
    begin();
  });
}
