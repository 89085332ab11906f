/** The Controls page: faults, latency, rate limit, snapshots, reset, clock, bots and state. */

import "./header.js";
import { callControl, sandboxName } from "./api-client.js";
import { botsCard } from "./card-bots.js";
import "./card-clock.js";
import { faultsCard } from "./card-faults.js";
import { latencyCard } from "./card-latency.js";
import { rateLimitCard } from "./card-rate-limit.js";
import "./card-reset.js";
import { snapshotsCard } from "./card-snapshots.js";
import { stateCard } from "./card-state.js";
import { $ } from "./dom.js";
import { activeRules } from "./fault-rules.js";
import { startRefreshing } from "./poller.js";

/**
 * The cards, which may have two functions: `load()` returns data that only this card shows, and
 * `render(state)` receives the sandbox's details and the loaded data of all cards.
 */
const CARDS = [faultsCard, latencyCard, rateLimitCard, botsCard, snapshotsCard, stateCard];

async function loadState() {
  const loads = CARDS.map((card) => card.load?.());
  const parts = await Promise.all([callControl("GET", `/sandboxes/${sandboxName}`), ...loads]);
  return Object.assign({}, ...parts);
}

/** Describe what differs from the normal behaviour. */
function summarize({ rules, rate_limit: limit, clock: { mode } }) {
  const count = activeRules(rules).length;
  const faults = count === 1 ? "1 fault rule is active" : `${count} fault rules are active`;
  const parts = [
    count ? faults : null,
    limit ? `${limit.used} of ${limit.limit} requests of the rate limit are used` : null,
    mode === "step" ? null : `the clock is ${mode}`,
  ].filter(Boolean);
  if (!parts.length) return "No faults or limits: requests are answered normally.";
  const text = parts.join(", ");
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

startRefreshing(async () => {
  const state = await loadState();
  for (const card of CARDS) card.render?.(state);
  const text = summarize(state);
  if ($("#summary").textContent !== text) $("#summary").textContent = text;
});
