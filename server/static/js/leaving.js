// Counts down the seconds until an answer leaves, from how many the server says: the reader's clock may be wrong.

import { fill } from "./text.js";

/** Count down one `[data-leaving=seconds]`. */
export function start(root) {
  const end = performance.now() + Number(root.dataset.leaving) * 1000;
  const words = root.querySelector("[data-leaving-left]");

  function show() {
    if (!root.isConnected) return;
    const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    words.textContent = fill(root.dataset.textLeft, { n: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` });
    if (seconds) setTimeout(show, 250);
  }

  show();
}
