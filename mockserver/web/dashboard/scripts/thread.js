/** One conversation: what was said, and what can be done with it. */

import { api, control } from "./connection.js";
import { $, $$, attempt, day, make, notice, reconcile, say } from "./dom.js";
import { addressed, edit, present } from "./composer.js";
import * as one from "./message.js";
import { Paged } from "./paged.js";
import { called } from "./people.js";
import { picture } from "./pictures.js";
import { beat } from "./pulse.js";

const scroller = $("#messages-scroller");
const list = $("#messages");
const NEAR = 80; // pixels from the end within which one follows what comes

let chat = null;
let paged = null;
let latest = 0; // the number of the time that one was picked last
let following = true;

/** The id of the conversation that the address names; empty, where it names anything else. */
export const named = () => /^#([A-Za-z0-9]{16})$/.exec(location.hash)?.[1] ?? "";

/** The conversation that the address names, anew; none, where it names none. */
export async function open() {
  const id = named();
  const mine = ++latest;
  document.body.classList.toggle("has-thread", id !== "");
  chat = paged = null;
  list.replaceChildren();
  $("#thread").inert = true; // nothing goes out in the one before
  try {
    if (id) await load(id, mine);
  } catch (error) {
    if (mine !== latest) return;
    leave(); // so that it can be picked once more
    throw error;
  } finally {
    if (mine === latest) show();
  }
}

/** Have the address name none, as if it had named none before. */
const leave = () => location.replace("#");

function show() {
  $("#thread").hidden = !chat;
  $("#thread").inert = !chat;
  $("#thread-none").hidden = Boolean(chat);
  if (!chat) return;
  toEnd();
  $("#thread-title").focus({ preventScroll: true });
}

async function load(id, mine) {
  const path = `/chats/${encodeURIComponent(id)}`;
  const found = new Paged(
    (query) => control("GET", `${path}/messages`, { query }),
    (message) => message.id,
  );
  const shown = await control("GET", path);
  await found.more();
  if (mine !== latest) return; // another was picked meanwhile
  [chat, paged] = [shown, found];
  draw();
}

/** Look anew at the conversation, and at what is seen of it. */
export async function refresh() {
  if (!chat) return;
  const mine = paged;
  const known = paged.items[0]?.id;
  let shown;
  try {
    shown = await control("GET", `/chats/${encodeURIComponent(chat.conversation.id)}`);
    if (mine === paged) await mine.refresh(...seen());
  } catch (error) {
    if (error.status !== 404) throw error;
    if (mine !== paged) return;
    notice("This conversation was deleted.", "bad");
    leave();
    return;
  }
  if (mine !== paged) return; // another was picked meanwhile
  chat = shown;
  draw();
  const isNew = paged.items[0]?.id !== known;
  if (!following && isNew) $("#newer").hidden = false;
}

/** Which messages are seen: the place of the latest of them, counted from the end, and how many. */
function seen() {
  const frame = scroller.getBoundingClientRect();
  const places = $$(".message", list).flatMap((each, place, all) => {
    const box = each.getBoundingClientRect();
    return box.bottom > frame.top && box.top < frame.bottom ? [all.length - 1 - place] : [];
  });
  return places.length ? [Math.min(...places), places.length] : [0, 0];
}

function toEnd() {
  following = true;
  scroller.scrollTop = scroller.scrollHeight;
}

const isAtEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;

function draw() {
  const { conversation, others, title } = chat;
  picture($("#thread-picture"), title, chat.avatar_url);
  say(document, "#thread-title", title);
  const people =
    chat.kind === "group" ? ["You", ...others.map(called)].join(", ") : others[0]?.phone_number;
  say(document, "#thread-people", people ?? "the user's notes to themselves");
  for (const button of $$("[data-flag]")) {
    const value = conversation[button.dataset.flag];
    button.setAttribute("aria-pressed", String(value !== false && value !== null));
  }
  const pinned = paged.items.find((each) => each.id === conversation.pinned_message_id);
  const hint = conversation.pinned_message_id ? "a message further up" : "";
  say(document, "#pinned", hint && `📌 ${pinned?.message ?? hint}`);
  present(chat, isThere);

  const entries = [];
  for (const message of [...paged.items].reverse()) {
    const date = day(message.created_at);
    if (entries.at(-1)?.date !== date)
      entries.push({ key: `day-${message.id}`, date, isDay: true });
    entries.push({ key: message.id, date, message });
  }
  const version = JSON.stringify([chat.user, chat.others, conversation.pinned_message_id]);
  const fill = (element, entry) => {
    if (!entry.isDay) one.fill(element, entry.message, chat, version);
    else if (element.textContent !== entry.date) element.textContent = entry.date;
  };
  reconcile(list, entries, (entry) => entry.key, create, fill);
  $("#messages-start").hidden = paged.hasMore;
}

/** Whether a message that was loaded is still there: it may be further up than what is by now. */
function isThere({ id, created_at: at }) {
  if (paged.items.some((each) => each.id === id)) return true;
  const oldest = paged.items.at(-1);
  return paged.hasMore && Boolean(oldest) && at <= oldest.created_at;
}

function create(entry) {
  return entry.isDay ? make("li", { className: "day" }) : one.create(act);
}

async function older() {
  if (!paged?.hasMore) return;
  const mine = paged;
  const isThere = await attempt(() => mine.more());
  if (!isThere || mine !== paged) return;
  const before = scroller.scrollHeight;
  const top = scroller.scrollTop;
  draw();
  scroller.scrollTop = top + scroller.scrollHeight - before; // what was read stays where it was
  // It tells of changes only, and there is none where one has scrolled up again meanwhile.
  beginning.unobserve($("#messages-more"));
  beginning.observe($("#messages-more"));
}

const DOINGS = {
  react: (message, name) => react(message, name),
  edit: (message) => edit(message, chat),
  pin: (message) => {
    const pinned = chat.conversation.pinned_message_id === message.id ? null : message.id;
    return api("PUT", `/conversations/${chat.conversation.id}`, { pinned_message_id: pinned });
  },
  delete: (message) => {
    if (!confirm("Delete this message, for good?")) return undefined;
    return message.contact.id === chat.user.id
      ? api("DELETE", `/messages/${message.id}`)
      : control("POST", "/simulate/delete", { body: { message_id: message.id } });
  },
};

async function act(what, message, detail) {
  await attempt(async () => DOINGS[what](message, detail));
  beat();
}

/** React, or take it back, as whoever writes: the user through the API, others by simulation. */
function react(message, name) {
  const author = addressed(chat);
  const reactions = new Map(message.reactions.flatMap((entry) => Object.entries(entry)));
  const usernames = reactions.get(name) ?? [];
  const taken = usernames.includes(author.username);
  if (author.id !== chat.user.id) {
    const body = { from: author.id, message_id: message.id, reaction: name };
    return control("POST", taken ? "/simulate/unreact" : "/simulate/react", { body });
  }
  const left = taken
    ? usernames.filter((each) => each !== author.username)
    : [...usernames, author.username];
  reactions.set(name, left);
  if (!left.length) reactions.delete(name);
  return api("PUT", `/messages/${message.id}`, { reactions: Object.fromEntries(reactions) });
}

for (const button of $$("[data-flag]")) {
  button.addEventListener("click", async () => {
    const flag = button.dataset.flag;
    const isOn = button.getAttribute("aria-pressed") === "true";
    const path = `/conversations/${chat.conversation.id}`;
    await attempt(async () => {
      const { now } = (await control("GET", "/clock")) ?? {};
      const value = flag === "archived_at" ? (isOn ? null : now) : !isOn;
      await api("PUT", path, { [flag]: value });
    });
    beat();
  });
}

$("#open").addEventListener("click", async () => {
  const body = { conversation_id: chat.conversation.id };
  await attempt(() => control("POST", "/simulate/open", { body }), "The user opened it.");
  beat();
});

$("#newer").addEventListener("click", toEnd);
scroller.addEventListener("scroll", () => {
  following = isAtEnd();
  if (following) $("#newer").hidden = true;
});
// Whoever reads the end goes on reading it: also when a picture comes late.
new ResizeObserver(() => {
  if (following) toEnd();
}).observe(list);

const beginning = new IntersectionObserver(
  (entries) => {
    if (entries.some((each) => each.isIntersecting)) older();
  },
  { root: scroller, rootMargin: "400px" },
);
beginning.observe($("#messages-more"));
