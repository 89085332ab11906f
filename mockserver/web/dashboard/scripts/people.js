/** How people and what they do look: names, reactions, files. */

import { root } from "./connection.js";
import { make } from "./dom.js";

/** Reactions that have a picture, by Unicode's names for them; any other name is free text. */
const EMOJI = {
  thumbs_up: "👍",
  thumbs_down: "👎",
  red_heart: "❤️",
  face_with_tears_of_joy: "😂",
  face_with_open_mouth: "😮",
  loudly_crying_face: "😭",
  red_angry_face: "😡",
  party_popper: "🎉",
  clapping_hands: "👏",
  folded_hands: "🙏",
  eyes: "👀",
  fire: "🔥",
  rocket: "🚀",
  hot_beverage: "☕",
  hundred_points: "💯",
  thinking_face: "🤔",
  saluting_face: "🫡",
  exploding_head: "🤯",
  sleeping_face: "😴",
  smiling_face_with_hearts: "🥰",
  smiling_face_with_tear: "🥲",
  face_with_rolling_eyes: "🙄",
  face_with_monocle: "🧐",
  face_screaming_in_fear: "😱",
  nauseated_face: "🤢",
  robot: "🤖",
  star: "⭐",
  snowflake: "❄️",
  christmas_tree: "🎄",
  clinking_glasses: "🥂",
  police_car_light: "🚨",
  key: "🔑",
  joy: "😂",
};
export const OFFERED = [
  ...["thumbs_up", "red_heart", "face_with_tears_of_joy"],
  ...["face_with_open_mouth", "loudly_crying_face"],
];

export const emoji = (name) => (Object.hasOwn(EMOJI, name) ? EMOJI[name] : `:${name}:`);

/** What a contact is called. */
export const called = (contact) => contact.display_name || contact.username;

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
