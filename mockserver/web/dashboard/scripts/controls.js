/** Controls: a card each, which sets itself up and shows what there is, again and again. */

import "./shell.js";

import * as bots from "./card-bots.js";
import * as clock from "./card-clock.js";
import * as faults from "./card-faults.js";
import * as latency from "./card-latency.js";
import * as rateLimit from "./card-rate-limit.js";
import * as reset from "./card-reset.js";
import * as snapshots from "./card-snapshots.js";
import * as state from "./card-state.js";
import { control, sandbox } from "./connection.js";
import { $ } from "./dom.js";
import { watch } from "./watch.js";

/**
 * Each sets itself up, and may have `look()`, which asks for what only it shows, and `show(bench)`,
 * which shows what there is: the sandbox as the control API tells of it, and what was looked at.
 */
const CARDS = [faults, latency, rateLimit, clock, bots, snapshots, state, reset];

async function look() {
  const asked = CARDS.map((card) => card.look?.());
  const parts = await Promise.all([control("GET", `/sandboxes/${sandbox}`), ...asked]);
  return Object.assign({}, ...parts);
}

function told({ rules, rate_limit: limit, clock: { mode } }) {
  const faulty =
    rules.length === 1 ? "one fault is in force" : `${rules.length} faults are in force`;
  const bent = [
    rules.length ? faulty : null,
    limit ? `${limit.used} of ${limit.limit} requests are used` : null,
    mode === "step" ? null : `the clock is ${mode}`,
  ].filter(Boolean);
  if (!bent.length) return "Nothing is bent here: every request is answered as it should be.";
  const text = bent.join(", ");
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

watch(async () => {
  const bench = await look();
  for (const card of CARDS) card.show?.(bench);
  const text = told(bench);
  if ($("#bent").textContent !== text) $("#bent").textContent = text;
});
