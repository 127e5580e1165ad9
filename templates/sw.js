// The phone's own copy of the pages of the day, and the keeper of what could not be sent. Pages: the network first. Files: the copy first.
// Copies of pages belong to one person and go when that person signs out.
importScripts({{ outbox|safe }});
const VERSION = {{ version|safe }}, FILES = {{ files|safe }}, KEEP = {{ keep|safe }}.map((one) => new RegExp(one));
const INSTEAD = {{ instead|safe }}.map(([one, url]) => [new RegExp(one), url]);
const STATIC = `houqin-static-${VERSION}`, PAGES = "houqin-pages-", OFFLINE = {{ offline|safe }}, SIGN_OUT = {{ sign_out|safe }}, STATIC_URL = {{ static_url|safe }};
const PATIENCE = 8000, LONG = 15000, LONGER = 90000;

self.addEventListener("install", (event) => event.waitUntil((async () => {
  const cache = await caches.open(STATIC);
  await Promise.all(FILES.map(async (url) => { if (!await cache.match(url)) await cache.add(url); }));
  await self.skipWaiting();
})()));
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("houqin-static-") && name !== STATIC) await caches.delete(name);
  await self.clients.claim();
})()));

const after = (ms) => new Promise((_, failed) => { setTimeout(() => failed(new Error("too slow")), ms); });
const forget = async (but) => { for (const name of await caches.keys()) if (name.startsWith(PAGES) && name !== but) await caches.delete(name); };

// whose page it is says the page itself; another person's copies go at once
const store = async (url, answer) => {
  const whose = answer.headers.get("X-Houqin-Person");
  if (!answer.ok || answer.redirected || !whose) return;
  if (await outbox.person() !== Number(whose)) { await forget(PAGES + whose); await outbox.remember("person", Number(whose)); }
  await (await caches.open(PAGES + whose)).put(url, answer);
};
const copy = async (url) => {
  const whose = await outbox.person();
  return whose ? (await caches.open(PAGES + whose)).match(url, { ignoreVary: true }) : undefined;
};
const wanted = (url) => KEEP.some((one) => one.test(url.pathname));
const bare = (url) => { const clean = new URL(url); clean.hash = ""; return clean.href; };

const page = async (event, url) => {
  const { request } = event, kept = wanted(url) ? await copy(bare(url)) : undefined;
  try {
    const answer = await (kept ? Promise.race([fetch(request), after(PATIENCE)]) : fetch(request));
    if (wanted(url) && answer.ok) event.waitUntil(store(bare(url), answer.clone()));
    return answer;
  } catch {
    const instead = INSTEAD.find(([one]) => one.test(url.pathname));
    return kept || (instead && await copy(new URL(instead[1], location.origin).href)) || await copy(new URL(OFFLINE, location.origin).href)
      || new Response("<!doctype html><meta charset=utf-8><title>Houqin</title><p>No network. 没有网络。", { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
  }
};
const file = async (request) => await caches.match(request, { ignoreVary: true }) || fetch(request).then(async (answer) => {
  if (answer.ok && FILES.length) await (await caches.open(STATIC)).put(request, answer.clone());
  return answer;
});
const picture = async (event) => await copy(event.request.url) || fetch(event.request);

// a form: the network if there is one and nothing earlier of this record waits; else it is kept here
const post = async (event) => {
  const { request } = event, spare = request.clone(), busy = await outbox.unsent().catch(() => []);
  if (busy.length) {
    const form = await spare.clone().formData().catch(() => null), record = form?.get("sync_record");
    if (record && busy.some((fact) => fact.record === record && fact.state === "waiting")) {
      await Promise.race([outbox.flush(), after(PATIENCE)]).catch(() => {});
      if ((await outbox.unsent()).some((fact) => fact.record === record && fact.state === "waiting")) return kept(event, form);
    }
  }
  const patience = (request.headers.get("Content-Type") || "").startsWith("multipart/") ? LONGER : LONG;
  try {
    return await Promise.race([fetch(request), after(patience)]);
  } catch (error) {
    const form = await spare.formData().catch(() => null);
    if (form?.get("sync_kind")) return kept(event, form);
    if (request.mode === "navigate") return await copy(new URL(OFFLINE, location.origin).href) || Response.error();
    throw error;
  }
};
const kept = async (event, form) => {
  await outbox.keep(form);
  self.registration.sync?.register("houqin-outbox").catch(() => {});
  const next = form.get("sync_next") || form.get("next") || event.request.referrer || "/";
  if (event.request.headers.get("HX-Request")) return new Response(null, { status: 204, headers: { "HX-Redirect": next } });
  return Response.redirect(new URL(next, location.origin).href, 303);
};
const leave = async (event) => {
  try { return await fetch(event.request); }
  catch { return await copy(new URL(OFFLINE, location.origin).href) || Response.error(); }
  finally { await forget(""); await outbox.remember("person", null); }
};

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST") {
    if (url.pathname === SIGN_OUT) event.respondWith(leave(event));
    else if (!url.pathname.startsWith("/api/")) event.respondWith(post(event));
  } else if (request.method === "GET") {
    if (url.pathname.startsWith(STATIC_URL)) event.respondWith(file(request));
    else if (request.mode === "navigate") event.respondWith(page(event, url));
    else if (/^\/photos\/\d+\/thumb\/$/.test(url.pathname)) event.respondWith(picture(event));
    else if (wanted(url) && !request.headers.get("HX-Request") && request.headers.get("X-Houqin-Kit")) event.respondWith(page(event, url));
  }
});

// the pages of the day, fetched while there is a network, with their small pictures
const warm = async (urls) => {
  const thumbs = new Set();
  for (const one of urls) {
    const url = new URL(one, location.origin).href;
    try {
      const answer = await fetch(url, { credentials: "same-origin", redirect: "follow" });
      const text = await answer.clone().text();
      await store(url, answer);
      for (const [thumb] of text.matchAll(/\/photos\/\d+\/thumb\//g)) thumbs.add(thumb);
    } catch { return; }
  }
  const whose = await outbox.person();
  if (!whose) return;
  const cache = await caches.open(PAGES + whose);
  for (const thumb of [...thumbs].slice(0, 60)) {
    const url = new URL(thumb, location.origin).href;
    if (!await cache.match(url)) await fetch(url).then((answer) => answer.ok && cache.put(url, answer)).catch(() => {});
  }
};
self.addEventListener("message", (event) => {
  if (event.data?.warm) event.waitUntil(warm(event.data.warm).then(() => event.source?.postMessage({ warmed: event.data.warm.length })));
});
self.addEventListener("sync", (event) => {
  if (event.tag === "houqin-outbox") event.waitUntil(outbox.flush().then(({ state }) => { if (state === "again" || state === "offline") throw new Error(state); }));
});
