// Copies a number or a key; where the browser refuses, selects it so that it can be copied by hand.

import { say } from "./toast.js";

/** Show and wire one `[data-copy]` button; its value is the id of what to copy. */
export function start(button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      say(button.dataset.textDone);
    } catch {
      getSelection().selectAllChildren(source);
      say(button.dataset.textFailed, "warning");
    }
  });
}
