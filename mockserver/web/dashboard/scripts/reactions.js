/** The emoji of reactions. */

/** Emoji by the Unicode name; a reaction may have any other name, which is shown as text. */
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
/** The reactions that a message's menu offers. */
export const QUICK_REACTIONS = [
  ...["thumbs_up", "red_heart", "face_with_tears_of_joy"],
  ...["face_with_open_mouth", "loudly_crying_face"],
];

export const reactionEmoji = (name) => (Object.hasOwn(EMOJI, name) ? EMOJI[name] : `:${name}:`);
