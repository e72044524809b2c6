// While something is typed into a search box: words that complete it, and pages, to be chosen by arrows or pointer.

const PAUSE = 120;

function styled(address) {
  if (!address || document.querySelector(`link[href="${address}"]`)) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  document.head.append(link);
}

/** Offer suggestions below one `[data-search]` input; without an answer it stays a plain one. */
export function start(input) {
  const list = document.createElement("ul");
  list.className = "search-offers";
  list.id = `${input.id || "site-find"}-offers`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.searchLabel);
  list.hidden = true;
  input.form.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
    input.setAttribute(name, value);
  }
  let timer;
  let request;
  let at = -1;

  function show(offers) {
    at = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...offers.map((offer, number) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${number}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.textContent = offer.text;
      if (offer.language) item.lang = offer.language;
      if (offer.path) item.className = "search-page";
      // Not on click: the input would lose the focus, and the list be closed, before it comes.
      item.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        choose(offer);
      });
      item.choose = () => choose(offer);
      return item;
    }));
    list.hidden = !offers.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
  }

  function choose(offer) {
    if (offer.path) {
      location.assign(offer.path);
      return;
    }
    input.value = offer.text;
    show([]);
    input.form.requestSubmit();
  }

  function move(step) {
    const items = [...list.children];
    items[at]?.setAttribute("aria-selected", "false");
    at = (at + step + items.length + 1) % (items.length + 1);
    if (at === items.length) at = -1;
    items[at]?.setAttribute("aria-selected", "true");
    items[at]?.scrollIntoView({ block: "nearest" });
    if (items[at]) input.setAttribute("aria-activedescendant", items[at].id);
    else input.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    request?.abort();
    const typed = input.value.trim();
    if (!typed) {
      show([]);
      return;
    }
    styled(input.dataset.searchStyle);
    request = new AbortController();
    const query = new URLSearchParams({ q: typed, lang: document.documentElement.lang });
    try {
      const answer = await fetch(`${input.dataset.search}?${query}`, { signal: request.signal });
      if (!answer.ok || document.activeElement !== input) return;
      const found = await answer.json();
      show([
        ...found.completions.filter((text) => text !== typed).map((text) => ({ text })),
        ...found.pages.map(({ title, path, language }) => ({ text: title, path, language })),
      ]);
    } catch {
      // Offline or overtaken: the box works without suggestions.
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("blur", () => show([]));
  input.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Escape") show([]);
    else if (event.key === "Enter" && at >= 0) list.children[at].choose();
    else return;
    event.preventDefault();
  });
}
