/** One message of a conversation, with its menu. */

import { origin } from "./api-client.js";
import { contactName, setAvatar } from "./contact.js";
import { $, $$, cloneTemplate, createElement, setText, setTime } from "./dom.js";
import { formatFileSize, formatTime } from "./format.js";
import { QUICK_REACTIONS, reactionEmoji } from "./reactions.js";

/** Create the element of a message; `onAction(name, message, argument)` handles its buttons. */
export function createMessageView(onAction) {
  const element = cloneTemplate("message");
  const menu = $("details", element);
  const reactionButtons = QUICK_REACTIONS.map((name) => {
    const button = createElement("button", { type: "button", className: "quiet" });
    button.append(reactionEmoji(name));
    button.setAttribute("aria-label", reactionLabel(name));
    button.addEventListener("click", () => runFromMenu("react", name));
    return button;
  });
  $(".emoji", element).append(...reactionButtons);
  for (const button of $$("[data-do]", element)) {
    button.addEventListener("click", () => runFromMenu(button.dataset.do));
  }
  $(".reactions", element).addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) onAction("react", element.message, button.dataset.name);
  });
  // Open the menu here: the toggle event may come after it was painted in the wrong place.
  $("summary", menu).addEventListener("click", (event) => {
    event.preventDefault();
    menu.open = !menu.open;
    if (menu.open) keepInside($(".menu", menu), element.closest("#messages-scroller"));
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    $("summary", menu).focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });

  function runFromMenu(name, argument) {
    menu.open = false;
    onAction(name, element.message, argument);
  }
  return element;
}

/** Move a menu so that it is inside the scrolled area, where it can be reached. */
function keepInside(menu, scroller) {
  menu.classList.remove("below");
  menu.style.translate = "";
  const box = menu.getBoundingClientRect();
  const frame = scroller.getBoundingClientRect();
  const left = Math.max(frame.left - box.left, 0);
  const right = Math.min(frame.left + scroller.clientWidth - box.right, 0);
  menu.style.translate = `${left + right}px`;
  menu.classList.toggle("below", box.top < frame.top);
}

/** Show a message in its element; `version` changes with the shown part of its conversation. */
export function updateMessageView(element, message, summary, version) {
  // Most messages have not changed: compare identities first, then content.
  if (element.message === message && element.version === version) return;
  const content = JSON.stringify([message, version]);
  element.message = message;
  element.version = version;
  if (element.content === content) return;
  element.content = content;
  const isOwn = message.contact.id === summary.user.id;
  // The contact in a message has no display name; the contacts of a conversation have one.
  const sender = summary.others.find((contact) => contact.id === message.contact.id);
  const name = contactName(sender ?? message.contact);
  element.classList.toggle("own", isOwn);
  setAvatar($(".avatar", element), name, message.contact.avatar_url);
  setText(element, ".who", isOwn ? "You" : name);
  setText(element, ".text", message.message);
  $(".files", element).replaceChildren(...message.attachments.map(attachmentItem));
  $(".reactions", element).replaceChildren(...message.reactions.flatMap(reactionItems));
  setTime($("time", element), message.created_at, formatTime);
  $(".edited", element).hidden = message.updated_at === null;
  const isRead = message.read_at !== null;
  const readText = isRead ? "✓✓ read" : "✓ sent";
  setText(element, ".read", isOwn ? readText : "").classList.toggle("is-read", isRead);
  const isPinned = summary.conversation.pinned_message_id === message.id;
  setText(element, '[data-do="pin"]', isPinned ? "Unpin" : "Pin");
  const hasLeft = !isOwn && !sender;
  $('[data-do="edit"]', element).hidden = hasLeft;
  $('[data-do="delete"]', element).hidden = hasLeft;
}

const reactionLabel = (name) => name.replaceAll("_", " ");

function reactionItems(reactions) {
  return Object.entries(reactions).map(([name, usernames]) => {
    const people = usernames.join(", ");
    const label = `${reactionLabel(name)}, by ${people}`;
    const button = createElement(
      "button",
      { type: "button", className: "plain", title: people },
      `${reactionEmoji(name)} ${usernames.length} `,
      createElement("span", { className: "hidden-label" }, label),
    );
    button.dataset.name = name;
    return createElement("li", {}, button);
  });
}

/** An attachment: an image, or a link with the file's size. */
function attachmentItem({ file_url: url, file_type: type, file_size: size, filename }) {
  const link = createElement("a", { href: url, target: "_blank", rel: "noopener" });
  if (!url.startsWith(`${origin}/`)) link.removeAttribute("href");
  if (type.startsWith("image/")) {
    link.append(createElement("img", { src: link.href, alt: filename, loading: "lazy" }));
  } else {
    link.append(`📎 ${filename} `, createElement("small", {}, formatFileSize(size)));
  }
  return createElement("li", {}, link);
}
