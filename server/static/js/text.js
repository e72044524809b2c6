// Sentences come from the page, already in the reader's language, with {names} for values.

/** A sentence with its values filled in. */
export function fill(pattern, values = {}) {
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

const language = document.documentElement.lang || "ko";

/** A number the way the page's language writes it. */
export const number = (value) => new Intl.NumberFormat(language).format(value);

/** A file's size, written as the server writes it. */
export function size(bytes) {
  return bytes >= 1_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${Math.max(1, Math.floor(bytes / 1000))} kB`;
}
