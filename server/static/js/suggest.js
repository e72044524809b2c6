// While a petition is typed: where it would go, by when it would be answered, and answered ones like it. The server
// draws the fragment; personal numbers are taken out before anything is asked.

import { findPersonalNumbers } from "./privacy.js";

const PAUSE = 800;
const LEAST = 4;
const TITLE = 100;
const BODY = 300;

function without(text) {
  let clean = "";
  let at = 0;
  for (const { start, end } of findPersonalNumbers(text)) {
    clean += `${text.slice(at, start)}*`;
    at = end;
  }
  return clean + text.slice(at);
}

/** Fill one `[data-suggest]` box from the fields that it names. */
export function start(box) {
  const title = document.getElementById(box.dataset.suggestTitle);
  const body = document.getElementById(box.dataset.suggestBody);
  const said = document.createElement("p");
  said.className = "unseen";
  said.setAttribute("role", "status");
  box.before(said);
  let timer;
  let request;
  let last = "";

  async function ask() {
    const query = new URLSearchParams({
      title: [...without(title.value)].slice(0, TITLE).join(""),
      body: [...without(body.value)].slice(0, BODY).join(""),
      lang: document.documentElement.lang,
    }).toString();
    if (query === last) return;
    last = query;
    request?.abort();
    request = new AbortController();
    try {
      const answer = await fetch(`${box.dataset.suggest}?${query}`, { signal: request.signal });
      if (!answer.ok) return;
      box.innerHTML = await answer.text();
      said.textContent = box.dataset.textSaid;
    } catch {
      // Offline or overtaken: a suggestion is not worth a word.
    }
  }

  for (const field of [title, body]) {
    field.addEventListener("input", () => {
      clearTimeout(timer);
      if (title.value.trim().length >= LEAST) timer = setTimeout(ask, PAUSE);
    });
  }
  if (title.value.trim().length >= LEAST) ask();
}
