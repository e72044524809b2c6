// How an expected wait is said, as tracking/visits/wait_words.py says it: "in a moment", minutes, or hours.

const SOON = 1;
const LONG = 90;
const [HOUR, HALF, TEN] = [60, 30, 10];
const language = () => document.documentElement.lang || "ko";
const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

/** How a range of minutes is said: its form, and its ends rounded outwards. */
export function span(low, high) {
  if (high <= SOON) return ["soon", 0, 0];
  if (high <= LONG) return ["minutes", low, high];
  const step = low >= HOUR ? HALF : TEN;
  return ["hours", Math.floor(low / step) * step, Math.ceil(high / HALF) * HALF];
}

/** A length of time in words. `patterns`: those of the page, see `Waits.patterns`. */
export function length(patterns, total) {
  const [hours, minutes] = [Math.floor(total / HOUR), total % HOUR];
  const form = hours ? `${hours === 1 ? "h" : "hs"}${minutes ? "m" : ""}` : "m";
  return fill(patterns[form], { hours, minutes });
}

function formOf([low, , high], expected) {
  if (expected === "too_late") return ["too_late", low, high];
  if (expected === "uncertain") {
    if (low > LONG) return ["uncertain_hours", Math.floor(low / HALF) * HALF, high];
    return [low >= SOON ? "uncertain" : "uncertain_soon", low, high];
  }
  return span(low, high);
}

/** A time of day ("14:00") as the pages write it. */
const clock = (time) => language() === "en" ? time : new Intl.DateTimeFormat(language(), { timeStyle: "short", timeZone: "UTC" }).format(new Date(`2000-01-01T${time}Z`));

/**
 * An estimate, [low, middle, high] minutes, in words; empty without one. `expected`: who may come too late today;
 * `opens`: no counter is open, "" or when one opens ("14:00"); undefined if one is.
 */
export function said(patterns, minutes, expected, opens) {
  if (typeof opens === "string" && expected !== "too_late") {
    return opens ? fill(patterns.closed_until, { time: clock(opens) }) : patterns.closed;
  }
  if (minutes?.length !== 3) return "";
  const [form, low, high] = formOf(minutes, expected);
  const inWords = (value) => (form.endsWith("hours") ? length(patterns, value) : value);
  return fill(patterns[form], { low: inWords(low), high: inWords(high) });
}
