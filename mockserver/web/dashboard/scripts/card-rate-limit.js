/** The Rate limit card: the limit and how much of it is used. */

import { runAction } from "./actions.js";
import { callControl } from "./api-client.js";
import { $, setText } from "./dom.js";
import { clearEdits, fillForm, handleSubmit, trackEdits } from "./form.js";
import { formatDateTime } from "./format.js";

const form = $("#set-limit");
const offButton = $("#limit-off");

function renderRateLimit({ rate_limit: rateLimit, clock }) {
  const { used, limit } = rateLimit ?? {};
  const tag = setText(document, "#limit-tag", rateLimit ? `${used} of ${limit} used` : "off");
  tag.className = rateLimit ? `tag ${used >= limit ? "bad" : "warn"}` : "tag";
  $("#limit-used").hidden = !rateLimit;
  offButton.setAttribute("aria-disabled", String(!rateLimit));
  if (!rateLimit) return;
  const meter = $("#limit-meter");
  meter.max = Math.max(1, limit);
  meter.value = limit ? used : 1;
  setText(document, "#limit-window", describeWindow(rateLimit, clock));
  fillForm(form, { limit, window_seconds: rateLimit.window_seconds, clock: rateLimit.clock });
}

export const rateLimitCard = { render: renderRateLimit };

function describeWindow({ reset, clock: limitClock, used, limit }, clock) {
  if (reset === null) return "A window starts with the next request.";
  const isReal = limitClock === "real";
  const now = isReal ? Date.now() / 1000 : clock.now;
  const left = Math.max(0, Math.ceil(reset - now));
  const full = used >= limit ? "Further requests get 429. " : "";
  const hint = isReal || clock.mode === "real" ? "" : " Advance the clock to end it sooner.";
  return `${full}The window ends in ${left} s, at ${formatDateTime(reset)} UTC.${hint}`;
}

trackEdits(form);
handleSubmit(
  form,
  async (values) => {
    const rateLimit = await callControl("PUT", "/rate-limit", { body: values });
    clearEdits(form);
    return rateLimit;
  },
  ({ limit, window_seconds: seconds }) => `Rate limit set: ${limit} requests per ${seconds} s.`,
);

offButton.addEventListener("click", () => {
  if (offButton.getAttribute("aria-disabled") === "true") return;
  runAction(form, () => callControl("DELETE", "/rate-limit"), "Rate limit removed.");
});
