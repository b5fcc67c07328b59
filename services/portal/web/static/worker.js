// Opens the hub's page without a connection: the page, without what was scanned, and the files it loads are kept whenever
// it was opened with one. What is scanned meanwhile waits in the page's own keeping.
const KEPT = "hub";
const SHELL = "/hub/offline";
const ALIKE = { ignoreVary: true }; // a file is the same however it was packed

async function keep() {
  const page = await fetch(SHELL, { credentials: "same-origin" });
  const cache = await caches.open(KEPT);
  if (!page.ok || page.redirected) return cache.delete(SHELL); // nobody is signed in: the page is nobody's to be opened
  const files = new Set((await page.clone().text()).match(/\/assets\/[a-z0-9.-]+/g));
  for (const { url } of await cache.keys()) {
    if (!files.has(new URL(url).pathname) && !url.endsWith(SHELL)) await cache.delete(url);
  }
  await Promise.all([...files].map(async file => await cache.match(file, ALIKE) ?? cache.add(file)));
  await cache.put(SHELL, page);
}

async function opened(request) {
  try {
    return await fetch(request);
  } catch (away) {
    const shell = await caches.match(SHELL);
    if (!shell) throw away;
    return shell;
  }
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", event => event.waitUntil(clients.claim()));
addEventListener("message", event => { if (event.data === "keep") event.waitUntil(keep()); });
addEventListener("fetch", event => {
  const { pathname } = new URL(event.request.url);
  if (event.request.mode === "navigate" && event.request.method === "GET" && pathname === "/hub") {
    event.respondWith(opened(event.request));
  } else if (pathname.startsWith("/assets/")) {
    event.respondWith(caches.match(event.request, ALIKE).then(kept => kept ?? fetch(event.request)));
  }
});
