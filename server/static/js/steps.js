// A long form, one section at a time. The sections stay in the one document, so nothing typed is lost; the address'
// fragment says which one is shown, so that the browser's own back button goes one section back.

/** Show one `form[data-steps]` section by section. */
export function start(form) {
  const sections = [...form.querySelectorAll("[data-step]")];
  const intro = document.querySelector("[data-step-intro]");
  let current = null;

  function show(section, { focus = true } = {}) {
    current = section;
    for (const other of sections) other.hidden = other !== section;
    if (intro) intro.hidden = section !== sections[0];
    // A map measures itself when it comes into view.
    dispatchEvent(new Event("resize"));
    if (!focus) return;
    scrollTo({ top: 0 });
    section.querySelector("h2")?.focus({ preventScroll: true });
  }

  function follow({ first = false } = {}) {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const section = target?.closest("[data-step]");
    if (section && form.contains(section)) {
      show(section, { focus: target === section });
      if (target !== section) target.focus();
    } else if (first) {
      const faulty = sections.find((each) => each.querySelector("[aria-invalid=true]"));
      show(faulty ?? sections[0], { focus: false });
    } else if (!location.hash) {
      show(sections[0]);
    }
  }

  // What is missing is said before going on, in the words of the page and at the field.
  function complete() {
    const missing = [...current.querySelectorAll("input, textarea, select")].find((field) => {
      if (field.validity.valueMissing) field.setCustomValidity(form.dataset.textRequired);
      return !field.validity.valid && !field.validity.typeMismatch;
    });
    if (!missing) return true;
    missing.addEventListener("input", () => missing.setCustomValidity(""), { once: true });
    missing.reportValidity();
    return false;
  }

  function next() {
    const following = sections[sections.indexOf(current) + 1];
    if (following && complete()) location.hash = following.id;
  }

  for (const element of form.querySelectorAll("[data-step-only]")) element.hidden = false;
  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-step-next]")) next();
    if (event.target.closest("[data-step-back]")) location.hash = sections[sections.indexOf(current) - 1].id;
  });
  form.addEventListener("submit", (event) => {
    if (!event.submitter?.matches("[data-step-default]") || current === sections.at(-1)) return;
    event.preventDefault();
    next();
  });
  addEventListener("hashchange", () => follow());
  follow({ first: true });
}
