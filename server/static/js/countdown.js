// Counts down the minutes for which a time is held. The server decides; this only says it in time.

import { fill } from "./text.js";

/** Count down one `[data-countdown=end]`. */
export function start(root) {
  const words = root.querySelector("[data-countdown-words]");
  const end = Date.parse(root.dataset.countdown);

  function show() {
    const minutes = Math.ceil((end - Date.now()) / 60_000);
    const text = minutes > 0 ? fill(root.dataset.textLeft, { n: minutes }) : root.dataset.textOver;
    if (words.textContent !== text) words.textContent = text;
    if (minutes > 0) setTimeout(show, Math.min(end - Date.now() - (minutes - 1) * 60_000 + 50, 60_000));
  }

  // The first minute stays as the server said it, so that a screen reader does not hear it twice.
  setTimeout(show, Math.max((end - Date.now()) % 60_000, 0) + 50);
}
