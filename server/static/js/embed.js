// The queue inside a page of another website: read again every half minute, from whatever cache is in between.

const EVERY = 30_000;

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("queue");
    const shown = document.getElementById("queue");
    if (fresh && shown.innerHTML !== fresh.innerHTML) shown.innerHTML = fresh.innerHTML;
  } catch {
    // What was read last stays; the next time finds more.
  }
}

setInterval(refresh, EVERY);
document.addEventListener("visibilitychange", refresh);
