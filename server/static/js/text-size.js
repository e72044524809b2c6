// Sets the size of the text at once, where its link would load the page anew (and a half-written form with it).

const YEAR = 365 * 24 * 3600;

/** Listen to the links of one `[data-text-size]`. */
export function start(nav) {
  nav.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-size]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { size } = link.dataset;
    document.cookie = `text_size=${size || "normal"}; path=/; max-age=${YEAR}; samesite=lax`;
    if (size) document.documentElement.dataset.text = size;
    else delete document.documentElement.dataset.text;
    for (const each of nav.querySelectorAll("a")) {
      if (each === link) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
  });
}
