/** One message of a thread. */

import { $, $$, hour, make, say, stamp, tell } from "./dom.js";
import { OFFERED, called, emoji, file } from "./people.js";
import { picture } from "./pictures.js";

/** A message's element; `act(what, message, detail)` is called for what is done with it. */
export function create(act) {
  const element = stamp("message");
  const menu = $("details", element);
  const offered = OFFERED.map((name) => {
    const button = make("button", { type: "button", className: "quiet" }, emoji(name));
    button.setAttribute("aria-label", name.replaceAll("_", " "));
    button.addEventListener("click", () => done("react", name));
    return button;
  });
  $(".emoji", element).append(...offered);
  for (const button of $$("[data-do]", element)) {
    button.addEventListener("click", () => done(button.dataset.do));
  }
  $(".reactions", element).addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) act("react", element.message, button.dataset.name);
  });
  // Opened here and not by the browser, which tells of it only when it may have drawn it already.
  $("summary", menu).addEventListener("click", (event) => {
    event.preventDefault();
    menu.open = !menu.open;
    if (menu.open) fit($(".menu", menu), element.closest("#messages-scroller"));
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });

  function close() {
    menu.open = false;
    $("summary", menu).focus();
  }

  function done(what, detail) {
    menu.open = false;
    act(what, element.message, detail);
  }
  return element;
}

/** Have a menu stand within a frame, of which what sticks out cannot be reached. */
function fit(menu, frame) {
  menu.classList.remove("below");
  menu.style.translate = "";
  const shown = menu.getBoundingClientRect();
  const around = frame.getBoundingClientRect();
  const left = Math.max(around.left - shown.left, 0);
  const right = Math.min(around.left + frame.clientWidth - shown.right, 0);
  menu.style.translate = `${left + right}px`;
  menu.classList.toggle("below", shown.top < around.top);
}

/** Show a message in its element; `version` differs where the chat around it does. */
export function fill(element, message, chat, version) {
  // Nearly all are as they were.
  if (element.message === message && element.version === version) return;
  const shown = JSON.stringify([message, version]);
  element.message = message;
  element.version = version;
  if (element.shown === shown) return;
  element.shown = shown;
  const mine = message.contact.id === chat.user.id;
  // A message tells of its sender what any client may know; here they have their display name.
  const sender = chat.others.find((each) => each.id === message.contact.id);
  const name = called(sender ?? message.contact);
  element.classList.toggle("mine", mine);
  picture($(".picture", element), name, message.contact.avatar_url);
  say(element, ".who", mine ? "You" : name);
  say(element, ".text", message.message);
  $(".files", element).replaceChildren(...message.attachments.map(file));
  $(".reactions", element).replaceChildren(...message.reactions.flatMap(reaction));
  tell($("time", element), message.created_at, hour);
  $(".edited", element).hidden = message.updated_at === null;
  const read = say(element, ".read", mine ? (message.read_at === null ? "✓ sent" : "✓✓ read") : "");
  read.classList.toggle("is-read", message.read_at !== null);
  const pinned = chat.conversation.pinned_message_id === message.id;
  say(element, '[data-do="pin"]', pinned ? "Unpin" : "Pin");
  const gone = !mine && !sender;
  $('[data-do="edit"]', element).hidden = gone;
  $('[data-do="delete"]', element).hidden = gone;
}

function reaction(entry) {
  return Object.entries(entry).map(([name, usernames]) => {
    const button = make("button", { type: "button", className: "plain" });
    const who = `${name.replaceAll("_", " ")}, by ${usernames.join(", ")}`;
    const told = make("span", { className: "hidden-label" }, who);
    button.append(`${emoji(name)} ${usernames.length} `, told);
    button.dataset.name = name;
    button.title = usernames.join(", ");
    return make("li", {}, button);
  });
}
