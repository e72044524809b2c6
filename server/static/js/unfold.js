// A form that a button opens: whoever opens it can write at once.

/** Take the reader into one `details[data-unfold]` once it is opened. */
export function start(details) {
  details.querySelector("summary").addEventListener("click", () => {
    if (details.open) return; // this press closes it
    details.addEventListener("toggle", () => details.querySelector("textarea, input:not([type=hidden])")?.focus(), { once: true });
  });
}
