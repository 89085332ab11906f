/** Text for people: dates and times in UTC, durations, sizes and counts. */

const utcFormat = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options });

const DATE = { day: "numeric", month: "short" };
const TIME = { hour: "2-digit", minute: "2-digit" };
const TIME_WITH_SECONDS = { ...TIME, second: "2-digit" };

const dateTime = utcFormat({ ...DATE, year: "numeric", ...TIME_WITH_SECONDS });
const time = utcFormat(TIME);
const timeWithSeconds = utcFormat(TIME_WITH_SECONDS);
const longDate = utcFormat({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const shortDate = utcFormat(DATE);
const shortDateWithYear = utcFormat({ ...DATE, year: "numeric" });

/* Each takes a time in Unix seconds. */
export const formatDateTime = (seconds) => dateTime.format(seconds * 1000);
export const formatTime = (seconds) => time.format(seconds * 1000);
export const formatTimeWithSeconds = (seconds) => timeWithSeconds.format(seconds * 1000);
export const formatDate = (seconds) => longDate.format(seconds * 1000);

/** Format a time briefly: the time if it is `today`, else the date, with the year if it differs. */
export function formatBriefly(seconds, today) {
  const date = formatDate(seconds);
  if (date === today) return formatTime(seconds);
  const isThisYear = date.slice(-4) === today.slice(-4);
  return (isThisYear ? shortDate : shortDateWithYear).format(seconds * 1000);
}

export const formatCount = (count) => count.toLocaleString("en");

export const formatDuration = (ms) => `${ms < 10 ? ms.toFixed(1) : formatCount(Math.round(ms))} ms`;

export function formatFileSize(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB"];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1]}`;
}

/** Return the count with its noun: "1 request", "2 requests". */
export const pluralize = (count, noun, plural = `${noun}s`) =>
  `${formatCount(count)} ${count === 1 ? noun : plural}`;
