// Says that a step is longer than the screen, and shows more of it. The bar below stays in sight.

const NEARLY = 8; // pixels

/** Show `button` while there is more below; a press scrolls most of a screen on. */
export function watchScroll(button) {
  const page = document.documentElement;

  function look() {
    button.hidden = page.scrollHeight - page.clientHeight - scrollY <= NEARLY;
  }

  button.addEventListener("click", () => scrollBy(0, innerHeight / 2));
  addEventListener("scroll", look, { passive: true });
  addEventListener("resize", look);
  new ResizeObserver(look).observe(document.body);
  look();
}
