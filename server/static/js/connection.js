// Keeps a stream of server-sent events open while somebody sees the page. A stream that is lost or refused is opened
// again after a wait that doubles each time, so that many readers do not come back at once.

const SLOWEST = 60_000;

/**
 * Follow the stream at `address()`: `take(event)` gets its events, also those with a name among `names`; `tell("open")`
 * and `tell("lost")` say how it stands; `miss()` is called when events may have been missed. `always` keeps it open
 * while nobody sees the page.
 */
export function follow({ address, names = [], take, tell, miss = () => {}, always = false }) {
  const asleep = () => document.hidden && !always;
  let source = null;
  let wait = 1000;
  let timer = null;

  function close() {
    clearTimeout(timer);
    source?.close();
    source = null;
  }

  function lose() {
    close();
    tell("lost");
    if (asleep()) return;
    timer = setTimeout(open, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, SLOWEST);
  }

  function open() {
    close();
    source = new EventSource(address());
    source.onopen = () => {
      wait = 1000;
      tell("open");
    };
    source.onmessage = take;
    for (const name of names) source.addEventListener(name, take);
    source.onerror = () => {
      miss();
      if (source?.readyState === EventSource.CLOSED) lose(); // refused: too many open streams
      else tell("lost");
    };
  }

  document.addEventListener("visibilitychange", () => {
    if (asleep()) {
      close();
      miss();
    } else if (!source) {
      wait = 1000;
      open();
    }
  });
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    miss();
    open();
  });
  if (asleep()) miss();
  else open();
  return { lose, isOpen: () => source?.readyState === EventSource.OPEN };
}
