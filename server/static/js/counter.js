// Says how many characters are left. Counted as the server counts: by character, not by the units of JavaScript's
// strings, and a line break as one.

import { fill, number } from "./text.js";

/** Count one `[data-counter=limit]` field down in its `…-count` line. */
export function start(field) {
  const line = document.getElementById(`${field.id}-count`);
  if (!line) return;
  const limit = Number(field.dataset.counter);
  // The line changes with every key; screen readers hear it when the writer pauses.
  const spoken = document.createElement("span");
  spoken.className = "unseen";
  spoken.setAttribute("role", "status");
  line.after(spoken);
  let timer;
  const show = () => {
    const left = limit - [...field.value].length;
    line.classList.toggle("is-over", left < 0);
    line.textContent = fill(left < 0 ? line.dataset.over : line.dataset.left, { n: number(Math.abs(left)) });
    clearTimeout(timer);
    if (left < limit / 10) timer = setTimeout(() => (spoken.textContent = line.textContent), 1000);
  };
  field.addEventListener("input", show);
  if (field.value) show();
}
