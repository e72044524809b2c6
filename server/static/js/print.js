// A button that prints the page, shown only where there is a script to do it.

/** Show and wire one `[data-print]` button. */
export function start(button) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
