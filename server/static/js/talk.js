// Follows what is said in a forum: comments come drawn by the server, hidden ones give way to what stands in their
// place, and what its author took back goes. Nobody's reading is pushed about: who has scrolled past where new ones go,
// or stands in the list with the keyboard, gets a button that brings them; new submissions are always counted on a bar that
// brings them. A screen reader hears now and then how many there are, never each of them.

import { follow } from "./connection.js";
import { fill, number } from "./text.js";

const QUIET = 15_000;

function drawn(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

/** Follow the stream of one `[data-talk=address]`; its words are in its data attributes. */
export function start(root) {
  const list = document.getElementById(root.dataset.talkList);
  if (!list) return;
  const state = root.querySelector("[data-talk-state]");
  const button = root.querySelector("[data-talk-new]");
  const submissions = root.querySelector("[data-talk-submissions]");
  const reload = root.querySelector("[data-talk-reload]");
  const said = root.querySelector("[data-talk-said]");
  const held = new Map(); // id -> event: what waits for the reader to ask for it
  const unread = new Set(); // ids of new submissions that are not on the page
  const address = new URL(root.dataset.talk, location.href);
  const newest = Number(address.searchParams.get("newest")); // of the submissions there were as the page was drawn
  let unsaid = 0;
  let spoken = 0; // submissions announced as new
  let saying = null;

  const find = (id) => document.getElementById(`comment-${id}`);

  function tell(name) {
    state.classList.toggle("is-open", name === "open");
    state.classList.toggle("is-lost", name === "lost");
    const words = name === "open" ? root.dataset.textOpen : root.dataset.textLost;
    if (state.textContent !== words) state.textContent = words;
  }

  function announce() {
    if (saying) return;
    saying = setTimeout(() => {
      saying = null;
      const fresh = unread.size;
      const words = [];
      if (unsaid) words.push(fill(root.dataset.textSaid, { n: number(unsaid) }));
      if (fresh > spoken) words.push(submissions.textContent);
      if (words.length) said.textContent = words.join(" ");
      unsaid = 0;
      spoken = fresh;
    }, said.textContent ? QUIET : 1000);
  }

  /** Where a comment goes: the list, or the answers of the one it answers; none where that is not on this page. */
  function home(news) {
    if (!news.parent) return list;
    return find(news.parent)?.querySelector("[data-answers]") ?? null;
  }

  /** Whether putting something in there would move what the reader is at: new ones come first, answers last. Below
   * all that is seen it moves nothing. */
  function away(place) {
    if (list.contains(document.activeElement)) return true;
    const { top, bottom } = place.getBoundingClientRect();
    return (place === list ? top : bottom) < 0;
  }

  function put(news) {
    const place = home(news);
    if (!place || find(news.comment)) return null;
    const item = drawn(news.html);
    item.classList.add("is-new");
    place[place === list ? "prepend" : "append"](item);
    item.dispatchEvent(new CustomEvent("sinmungo:new", { bubbles: true }));
    return item;
  }

  /** Put in what need not wait any more, the oldest first: in the order in which it came. */
  function settle() {
    for (const [id, news] of held) {
      const place = home(news);
      if (place && !away(place) && held.delete(id)) put(news);
    }
  }

  function show() {
    button.hidden = !held.size;
    if (held.size) button.firstElementChild.textContent = fill(root.dataset.textNew, { n: number(held.size) });
  }

  function replace(old, news) {
    const item = drawn(news.html);
    const answers = old.querySelector("[data-answers]");
    if (answers) item.querySelector("[data-answers]")?.replaceWith(answers);
    old.replaceWith(item);
    item.dispatchEvent(new CustomEvent("sinmungo:new", { bubbles: true }));
  }

  /** Take away what its author took back, and the line above it that stood only for its answers. */
  function remove(item) {
    if (item.contains(document.activeElement)) list.focus({ preventScroll: true });
    const answers = item.parentElement;
    const above = answers.closest("[data-withdrawn]");
    item.remove();
    if (above && !answers.children.length && !answers.nextElementSibling) above.remove();
  }

  function comment(news) {
    const old = find(news.comment);
    if (news.what !== "comment") {
      held.delete(news.comment);
      if (old) news.html ? replace(old, news) : remove(old);
    } else if (old) {
      if (old.dataset.hidden !== undefined) replace(old, news); // a moderator shows it again
    } else if (home(news) || held.has(news.parent)) {
      unsaid += 1;
      announce();
      held.set(news.comment, news);
      settle();
    }
    for (const count of document.querySelectorAll("[data-talk-count]")) count.textContent = number(news.comments);
    show();
  }

  /** The number of submissions, and the bar that brings those that are not on the page. */
  function count(total) {
    for (const place of document.querySelectorAll("[data-submissions-count]")) {
      const { one, many } = place.dataset;
      place.textContent = total === 1 ? one : fill(many, { n: number(total) });
    }
    const fresh = unread.size;
    submissions.hidden = !fresh;
    submissions.firstElementChild.textContent = fill(root.dataset.textSubmissions, { n: number(fresh) });
    if (fresh > spoken) announce();
  }

  function came(id) {
    if (!document.getElementById(`submission-${id}`)) unread.add(id);
  }

  function submission(news) {
    const row = document.getElementById(`submission-${news.submission}`);
    if (row && news.html) row.replaceWith(drawn(news.html));
    else if (row && !news.shown) row.remove();
    if (!news.shown) unread.delete(news.submission);
    else if (news.fresh || news.submission > newest) came(news.submission);
    count(news.submissions);
  }

  function take(event) {
    const news = JSON.parse(event.data);
    if (event.lastEventId) address.searchParams.set("after", event.lastEventId);
    if (news.event) address.searchParams.set("event", news.event);
    if (news.new_submissions && submissions.getAttribute("href")) { // what came while disconnected
      news.new_submissions.forEach(came);
      count(news.submissions);
    }
    if (news.what === "more" || (news.what === "forum" && news.status !== root.dataset.talkStatus)) reload.hidden = false;
    else if (news.what === "submission") submission(news);
    else if (news.comment) comment(news);
  }

  button.addEventListener("click", () => {
    const items = [...held.values()].map(put).filter(Boolean);
    held.clear();
    show();
    const target = items.at(-1);
    if (!target) return;
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest" });
  });

  submissions.addEventListener("click", (event) => {
    event.preventDefault();
    history.scrollRestoration = "manual"; // to the submissions, not to where the reader was
    history.replaceState(null, "", submissions.href);
    location.reload();
  });

  follow({ address: () => address, take, tell });
}
