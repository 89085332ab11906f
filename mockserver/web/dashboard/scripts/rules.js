/** Rules of faults: in words, and in an order in which a new one has its turn. */

import { control } from "./connection.js";

/** The rule that the card Latency makes, told apart by its id. */
export const LATENCY = "latency";

const WORDS = {
  error: ({ status, retry_after: after }) =>
    after === undefined ? `Error ${status}` : `Error ${status}, Retry-After ${after} s`,
  fixed: ({ fixedDelayMilliseconds: ms }) => `Waits ${ms} ms`,
  uniform: ({ lower, upper }) => `Waits ${lower} to ${upper} ms`,
  lognormal: ({ median, sigma }) => `Waits about ${median} ms (lognormal, sigma ${sigma})`,
  dribble: ({ numberOfChunks: chunks, totalDuration: ms }) =>
    `Comes in ${chunks} pieces over ${ms} ms`,
  CONNECTION_RESET_BY_PEER: () => "Connection reset, nothing is done",
  EMPTY_RESPONSE: () => "No answer, nothing is done",
  MALFORMED_RESPONSE_CHUNK: () => "A malformed chunk, nothing is done",
  RANDOM_DATA_THEN_CLOSE: () => "Garbage for an answer, nothing is done",
  truncate: () => "Done, and half of the body arrives",
  commit_then_drop: () => "Done, and the answer is lost",
  tomorrow: () => "Tomorrow’s API: unknown attributes and events",
  page_cap: ({ most }) => `Pages of ${most} at most`,
};

/** What a fault does, in words; of a kind that is not known here, its type. */
export const whatOf = (fault) => WORDS[fault.type]?.(fault) ?? fault.type;

/** Which requests a rule hits, and when, in words. */
export function whomOf({ match, after, times, probability }) {
  const { method, path, resource, operation } = match;
  const call = [method, path].filter(Boolean).join(" ");
  const done = [operation, resource].filter(Boolean).join(" of ");
  const requests = [call, done].filter(Boolean).join(", ");
  const parts = [
    requests ? `for ${requests}` : "for every request",
    after ? `after ${after}` : null,
    times === 1 ? "once" : times && `${times} times`,
    probability === 1 ? null : `with probability ${probability}`,
  ];
  return parts.filter(Boolean).join(", ");
}

/** Whether a rule is due at each request, so that none after it ever has its turn. */
const coversAll = ({ match, after, matched, times, probability }) =>
  Object.keys(match).length === 0 && times === null && probability === 1 && matched >= after;

/** The rule before this one that is always due, if there is one. */
export const shadowOf = (rule, rules) =>
  rules.slice(0, rules.indexOf(rule)).find((each) => coversAll(each));

/** Add a rule, so that it has its turn: what covers all requests goes after it. */
export async function add(rule) {
  const made = await control("POST", "/faults", { body: rule });
  const { data } = await control("GET", "/faults");
  const before = data.slice(
    0,
    data.findIndex((each) => each.id === made.id),
  );
  for (const each of before.filter(coversAll)) await putLast(each);
  return made;
}

/** Put a rule behind all others; what it has counted stays. */
export async function putLast(rule) {
  await control("DELETE", `/faults/${rule.id}`);
  await control("POST", "/faults", { body: rule });
}
