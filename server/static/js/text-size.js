// Sets the size of the text at once, where its link or button would load the page anew.

const YEAR = 365 * 24 * 3600;

/** Listen to the links or buttons of one `[data-text-size]`. */
export function start(nav) {
  nav.querySelector("[data-typed-default]")?.remove();
  // They send nothing, so that the Enter key in the form presses its own first button.
  for (const button of nav.querySelectorAll("button")) button.type = "button";
  nav.addEventListener("click", (event) => {
    const link = event.target.closest("[data-size]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { size } = link.dataset;
    document.cookie = `text_size=${size || "normal"}; path=/; max-age=${YEAR}; samesite=lax`;
    if (size) document.documentElement.dataset.text = size;
    else delete document.documentElement.dataset.text;
    for (const each of nav.querySelectorAll("[data-size]")) {
      if (each === link) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
  });
}
