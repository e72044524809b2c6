// Keeps the kiosk's page for the time without network: what the server answers is taken and noted, and the noted copy
// is used when it does not answer. It serves /kiosk/ only, and knows nothing of visitors: JSON passes by it.

const CACHE = "kiosk";
const PATIENCE = 4_000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const mine = (url) => url.origin === location.origin && (url.pathname.startsWith("/static/") || url.pathname.startsWith("/kiosk/"));

/** The address under which a page is kept: without the language that an administrator happened to use. */
const noted = (request) => (request.mode === "navigate" ? new URL(request.url).pathname : request.url);

async function answer(request) {
  const cache = await caches.open(CACHE);
  const asked = fetch(request).then(async (response) => {
    if (response.ok && !response.redirected) await cache.put(noted(request), response.clone());
    return response;
  });
  const fallback = async () => (await cache.match(noted(request))) ?? asked;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  try {
    const first = await Promise.race([asked, late]);
    if (first && first.status < 500) return first;
    return await fallback();
  } catch {
    return fallback();
  }
}

self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET" && mine(new URL(event.request.url))) event.respondWith(answer(event.request));
});

// The page says what it needs; the rest of what was noted is of an earlier version.
self.addEventListener("message", (event) => {
  event.waitUntil((async () => {
    const { page, kept } = event.data;
    const cache = await caches.open(CACHE);
    const wanted = [page, ...kept];
    try {
      await Promise.all(wanted.map(async (one) => {
        const response = await fetch(one, { cache: "no-cache" });
        if (!response.ok) throw new Error(one);
        await cache.put(new URL(one, location).href, response);
      }));
      const there = new Set(wanted.map((one) => new URL(one, location).href));
      for (const request of await cache.keys()) if (!there.has(request.url)) await cache.delete(request);
      event.source.postMessage({ ready: true });
    } catch {
      event.source.postMessage({ ready: false });
    }
  })());
});
