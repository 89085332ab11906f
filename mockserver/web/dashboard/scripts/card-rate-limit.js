/** The rate limit, and what is used of it. */

import { control } from "./connection.js";
import { $, say, when } from "./dom.js";
import { act, fill, forgetTyped, keepTyped, submits } from "./form.js";

const form = $("#set-limit");
const off = $("#limit-off");

export function show({ rate_limit: limit, clock }) {
  const tag = say(document, "#limit-tag", limit ? `${limit.used} of ${limit.limit} used` : "off");
  tag.className = limit ? `tag ${limit.used >= limit.limit ? "bad" : "warn"}` : "tag";
  $("#limit-used").hidden = !limit;
  off.setAttribute("aria-disabled", String(!limit));
  if (!limit) return;
  const meter = $("#limit-meter");
  meter.max = Math.max(1, limit.limit);
  meter.value = limit.limit ? limit.used : 1;
  say(document, "#limit-told", told(limit, clock));
  const { limit: requests, window_seconds, clock: by } = limit;
  fill(form, { limit: requests, window_seconds, clock: by });
}

function told({ reset, clock: by, used, limit }, clock) {
  if (reset === null) return "A window begins with the next request.";
  const isReal = by === "real";
  const now = isReal ? Date.now() / 1000 : clock.now;
  const left = Math.max(0, Math.ceil(reset - now));
  const full = used >= limit ? "Every further request is answered with 429. " : "";
  const passes =
    isReal || clock.mode === "real" ? "" : ": advance the clock, it does not pass by waiting";
  return `${full}The window ends in ${left} s, at ${when(reset)} UTC${passes}.`;
}

keepTyped(form);
submits(
  form,
  async (values) => {
    const limit = await control("PUT", "/rate-limit", { body: values });
    forgetTyped(form);
    return limit;
  },
  ({ limit, window_seconds: seconds }) => `At most ${limit} requests in ${seconds} s.`,
);

off.addEventListener("click", () => {
  if (off.getAttribute("aria-disabled") === "true") return;
  act(form, () => control("DELETE", "/rate-limit"), "There is no rate limit any more.");
});
