// The phone's own copies of the pages of the day. Pages: the network first, the copy when there is none. Files of the shell: the copy first.
// Copies belong to one person and go when that person signs out or somebody else signs in. Nothing that is sent passes here but signing out.
const { OUTBOX, VERSION, FILES, KEEP, INSTEAD, OFFLINE, URLS, SIGN_OUT } = {{ settings|safe }};
importScripts(OUTBOX);
const SHELL = `houqin-shell-${VERSION}`, PAGES = "houqin-pages-", PATIENCE = 8000, FRESH = 6e5, THUMB = /\/photos\/\d+\/thumb\//g, MOST_THUMBS = 60;
const kept_paths = KEEP.map((one) => new RegExp(one)), instead = INSTEAD.map(([one, url]) => [new RegExp(one), url]);

self.addEventListener("install", (event) => event.waitUntil((async () => {
  await (await caches.open(SHELL)).addAll([...FILES, new Request(OFFLINE, { credentials: "omit" })]); // nobody's page
  await self.skipWaiting();
})()));
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("houqin-shell-") && name !== SHELL) await caches.delete(name);
  await self.clients.claim();
})()));

const after = (ms) => new Promise((_, failed) => { setTimeout(() => failed(new Error("too slow")), ms); });
const forget = async (but) => { for (const name of await caches.keys()) if (name.startsWith(PAGES) && name !== but) await caches.delete(name); };
const address = (url) => { const clean = new URL(url, location.origin); clean.hash = ""; return clean.href; };
const wanted = (url) => kept_paths.some((one) => one.test(new URL(url).pathname));

// every page says whose it is; when that changes, the copies of the one before go first
const meet = async (answer) => {
  const told = answer.headers.get("X-Person");
  if (told === null) return;
  const who = Number(told) || null;
  if (await outbox.person() !== who) { await forget(who && PAGES + who); await outbox.remember("person", who); }
};
const store = async (url, answer) => {
  const who = await outbox.person();
  if (!who || !answer.ok || answer.redirected || answer.headers.get("X-Person") !== String(who)) return;
  const copy = new Response(await answer.blob(), { headers: { "Content-Type": answer.headers.get("Content-Type"), "X-Kept": String(Date.now()) } });
  await (await caches.open(PAGES + who)).put(url, copy);
};
const copy = async (url, options) => {
  const who = await outbox.person();
  return who ? (await caches.open(PAGES + who)).match(url, options) : undefined;
};
// a copy says on the page that it is one, and from when
const shown = async (found) => {
  if (!found) return undefined;
  const text = (await found.text()).replace("<html ", `<html data-copy="${found.headers.get("X-Kept")}" `);
  return new Response(text, { headers: { "Content-Type": found.headers.get("Content-Type") } });
};
const offline = async () => await shown(await copy(address(OFFLINE))) || await caches.match(address(OFFLINE)) || Response.error();

// signing out works without a network too: the copies go at once, the session ends with the next contact
const leave = async (request) => {
  const body = await request.clone().text();
  await forget();
  await outbox.remember("person", null);
  try { return await fetch(request); } catch {
    await outbox.remember("leaving", body);
    return offline();
  }
};
const finishLeaving = async () => {
  const body = await outbox.meta("leaving");
  if (!body) return;
  await fetch(SIGN_OUT, { method: "POST", body, credentials: "same-origin", redirect: "manual", headers: { "Content-Type": "application/x-www-form-urlencoded" } });
  await outbox.remember("leaving", null);
};

const page = async (event) => {
  const { request } = event, url = address(request.url), found = wanted(url) ? await copy(url) : undefined;
  try {
    await finishLeaving();
    const answer = await (found ? Promise.race([fetch(request), after(PATIENCE)]) : fetch(request));
    if ([502, 503, 504].includes(answer.status) && found) return shown(found); // the server behind the door is down
    await meet(answer);
    if (wanted(url)) event.waitUntil(store(url, answer.clone()));
    return answer;
  } catch {
    if (found) return shown(found);
    for (const [one, to] of instead) {
      const hit = new URL(url).pathname.match(one);
      if (!hit) continue;
      const other = new URL(to, location.origin), query = new URLSearchParams(new URL(url).search);
      if (hit.groups?.tag) query.set("tag", hit.groups.tag);
      if (await copy(other.href)) return Response.redirect(`${other.href}?${query}`, 302);
    }
    return await shown(await copy(url, { ignoreSearch: true })) || offline();
  }
};
const kit = async (event) => {
  const url = address(event.request.url);
  try {
    const answer = await fetch(event.request);
    event.waitUntil(store(url, answer.clone()));
    return answer;
  } catch { return await copy(url) || Response.error(); }
};
const thumb = async (request) => await copy(request.url) || fetch(request);
const file = async (request) => await caches.match(request, { cacheName: SHELL, ignoreVary: true }) || fetch(request);

const files = new Set(FILES.map(address));
self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && url.pathname === SIGN_OUT) event.respondWith(leave(request));
  if (request.method !== "GET") return;
  if (files.has(url.href)) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(page(event));
  else if (url.pathname.match(THUMB)) event.respondWith(thumb(request));
  else if (wanted(url.href) && request.headers.get("X-Kit")) event.respondWith(kit(event));
});

// the pages of the day, fetched while there is a network, with their small pictures; what no longer belongs to the day goes
const warm = async () => {
  const who = await outbox.person();
  if (!who) return;
  const answer = await fetch(URLS, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok || answer.headers.get("X-Person") !== String(who)) return;
  const urls = (await answer.json()).pages.map(address), cache = await caches.open(PAGES + who), thumbs = new Set();
  for (const url of urls) {
    const known = await cache.match(url);
    if (!known || Date.now() - Number(known.headers.get("X-Kept")) > FRESH) await store(url, await fetch(url, { credentials: "same-origin", headers: { "X-Kit": "1" } }));
    for (const [one] of (await (await cache.match(url))?.text() ?? "").matchAll(THUMB)) if (thumbs.size < MOST_THUMBS) thumbs.add(address(one));
  }
  for (const url of thumbs) {
    if (await cache.match(url)) continue;
    const picture = await fetch(url);
    if (picture.ok && await outbox.person() === who) await cache.put(url, picture);
  }
  for (const { url } of await cache.keys()) {
    const old = Date.now() - Number((await cache.match(url))?.headers.get("X-Kept")) > 864e5;
    if (!urls.includes(url) && !thumbs.has(url) && (old || url.match(THUMB))) await cache.delete(url);
  }
};
self.addEventListener("message", (event) => {
  if (event.data === "warm") event.waitUntil(warm().catch((error) => String(error)).then((told) => event.source?.postMessage({ warm: told ?? "" })));
});
self.addEventListener("sync", (event) => {
  if (event.tag === "houqin-outbox") event.waitUntil(outbox.flush().then(({ state }) => { if (state === "again" || state === "offline") throw new Error(state); }));
});
