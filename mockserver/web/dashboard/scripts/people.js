/** How people and what they do look: pictures, reactions, files. */

import { root } from "./connection.js";
import { make } from "./dom.js";

/** Reactions that have a picture; any other name is free text. */
export const EMOJI = {
  thumbs_up: "👍",
  heart: "❤️",
  joy: "😂",
  open_mouth: "😮",
  sob: "😭",
  tada: "🎉",
  eyes: "👀",
  fire: "🔥",
  thumbs_down: "👎",
  red_angry_face: "😡",
  raised_hands: "🙌",
  pray: "🙏",
  white_check_mark: "✅",
};
export const OFFERED = ["thumbs_up", "heart", "joy", "open_mouth", "sob"];

export const emoji = (name) => EMOJI[name] ?? `:${name}:`;

/** What a contact is called. */
export const called = (contact) => contact.display_name || contact.username;

/** Fill a picture: what this server serves, else the initials. No other host is ever asked. */
export function picture(place, name, url) {
  const wanted = url && url.startsWith(`${root}/`) ? url : "";
  const initials = [...name.trim()].slice(0, 1).join("").toUpperCase() || "?";
  const shown = `${wanted}|${initials}`;
  if (place.dataset.shown === shown) return;
  place.dataset.shown = shown;
  if (wanted) {
    const image = make("img", { src: wanted, alt: "", loading: "lazy", width: 40, height: 40 });
    image.addEventListener("error", () => place.replaceChildren(initials), { once: true });
    place.replaceChildren(image);
  } else {
    place.replaceChildren(initials);
  }
}

/** An attachment: a picture as a picture, anything else as a link with its size. */
export function file(attachment) {
  const link = make("a", { href: attachment.file_url, target: "_blank", rel: "noopener" });
  if (!attachment.file_url.startsWith(`${root}/`)) link.removeAttribute("href");
  if (attachment.file_type.startsWith("image/")) {
    link.append(make("img", { src: link.href, alt: attachment.filename, loading: "lazy" }));
  } else {
    link.append(`📎 ${attachment.filename} `, make("small", {}, size(attachment.file_size)));
  }
  return make("li", {}, link);
}

/** Bytes, for people. */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB"];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1]}`;
}
