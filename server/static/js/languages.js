// The language switch takes along what was typed last, in whichever form of the page: it sends that form to be shown
// again in the other language (server/core/web.py). Where nothing was typed it is what it was: a link, or a button.

let typed = null;

addEventListener("input", ({ target }) => {
  const form = target.form ?? target.closest?.("form");
  if (form?.method === "post") typed = form;
});

function take(form, code, shown = "values") {
  const address = new URL(form.getAttribute("action") || location.href, location.href);
  address.searchParams.set("lang", code);
  const button = document.createElement("button");
  Object.assign(button, { name: "show_again", value: shown, formAction: address.href, formNoValidate: true, hidden: true });
  form.append(button);
  // Before the form's own listeners, which would check what is not sent yet or send it by themselves.
  addEventListener("submit", (event) => event.stopImmediatePropagation(), { capture: true, once: true });
  form.requestSubmit(button);
  button.remove();
}

/** Bring one `nav.languages` to life. */
export function start(nav) {
  // Without scripts it keeps the Enter key from pressing a language; with them that would skip the form's own first button.
  nav.querySelector("[data-typed-default]")?.remove();
  for (const button of nav.querySelectorAll("button")) {
    const link = document.createElement("a");
    for (const name of ["lang", "translate", "aria-current"])
      if (button.hasAttribute(name)) link.setAttribute(name, button.getAttribute(name));
    link.href = button.formAction;
    link.textContent = button.textContent;
    const form = button.form;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      take(typed ?? form, link.lang, button.value);
    });
    button.replaceWith(link);
  }
  for (const link of nav.querySelectorAll("a[hreflang]"))
    link.addEventListener("click", (event) => {
      if (!typed || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      take(typed, link.lang);
    });
}
