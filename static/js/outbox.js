// What is done on this phone without a network: kept in the browser's own database, numbered, sent in order, each once. Runs in pages and in
// the service worker alike.
self.outbox = (() => {
  "use strict";
  const DOOR = "/api/v1/sync", UPLOADS = "/api/v1/uploads/", PIECE = 512 * 1024, MOST = 200, MOST_BYTES = 900000, KEPT = 7 * 864e5;
  const channel = "BroadcastChannel" in self ? new BroadcastChannel("houqin-outbox") : null;
  const changed = () => { channel?.postMessage("changed"); self.dispatchEvent?.(new Event("outbox")); };
  const uuid = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (+c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (+c / 4)))).toString(16));

  // the database
  let opened;
  const open = () => opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open("houqin", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("facts", { keyPath: "uid" }).createIndex("person", "person");
      asked.result.createObjectStore("blobs", { keyPath: "key" });
      asked.result.createObjectStore("meta", { keyPath: "key" });
    };
    asked.onsuccess = () => {
      asked.result.onclose = asked.result.onversionchange = () => { asked.result.close(); opened = null; };
      done(asked.result);
    };
    asked.onerror = () => failed(asked.error);
  });
  const result = (request) => new Promise((done, failed) => { request.onsuccess = () => done(request.result); request.onerror = () => failed(request.error); });
  const use = async (stores, mode, act) => {
    const work = (await open()).transaction(stores, mode);
    const ended = new Promise((done, failed) => { work.oncomplete = done; work.onabort = work.onerror = () => failed(work.error); });
    ended.catch(() => {});
    const found = await act((name) => work.objectStore(name));
    await ended;
    return found;
  };
  const meta = async (key) => (await use(["meta"], "readonly", (at) => result(at("meta").get(key))))?.value;
  const remember = (key, value) => use(["meta"], "readwrite", (at) => result(at("meta").put({ key, value })));

  // whose phone this is now
  const person = () => meta("person");
  const facts = async (whose) => {
    const who = whose ?? await person();
    const found = who ? await use(["facts"], "readonly", (at) => result(at("facts").index("person").getAll(who))) : [];
    return found.sort((a, b) => a.seq - b.seq);
  };
  const waits = (fact) => fact.state === "waiting" || fact.photo === "waiting";
  const unsent = async () => (await facts()).filter(waits);
  const anybodys = async () => (await use(["facts"], "readonly", (at) => result(at("facts").getAll()))).filter(waits).length;

  // keeping
  const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const LEFT_OUT = new Set(["csrfmiddlewaretoken", "client_uid", "next", "seen", "join_to", "photos"]);
  const same = (a, b) => a.kind === b.kind && a.record === b.record && JSON.stringify(a.data) === JSON.stringify(b.data);

  // a form becomes facts: its act {kind, record, label, where, words, photo}, and one for each photo; throws when the phone has no room
  const keep = async (act, form) => {
    const who = await person();
    if (!who) return [];
    const { kind, label = "", where = "", words = "" } = act, record = act.record.replace(/:new$/, `:${uuid()}`), data = {};
    for (const [name, value] of form) if (typeof value === "string" && !LEFT_OUT.has(name) && value !== "") data[name] = value;
    const made = kind === "core.photo" ? [] : [{ uid: form.get("client_uid") || uuid(), kind, record, label, where, words, data }];
    const blobs = [];
    for (const file of form.getAll("photos")) {
      if (typeof file === "string" || !file.size) continue;
      const bytes = await file.arrayBuffer(), sha256 = hex(await crypto.subtle.digest("SHA-256", bytes));
      const role = form.get("role") || (kind === "core.photo" ? "photo" : "fault");
      made.push({ uid: uuid(), kind: "core.photo", record, label, where, words: act.photo || words, data: { sha256, size: file.size, role, name: file.name }, photo: "waiting" });
      blobs.push({ key: `${who}:${sha256}`, blob: new Blob([bytes], { type: file.type }) });
    }
    const captured_at = new Date().toISOString();
    const kept = await use(["facts", "blobs", "meta"], "readwrite", async (at) => {
      const all = await result(at("facts").index("person").getAll(who));
      const counter = await result(at("meta").get(`seq:${who}`)) ?? { key: `seq:${who}`, value: 0 };
      const done = [];
      for (const fact of made) {
        const last = all.filter((one) => one.record === fact.record && one.kind !== "core.comment").sort((a, b) => b.seq - a.seq)[0];
        const twice = all.find((one) => one.uid === fact.uid && same(one, fact)) || (last && waits(last) && same(last, fact) && last)
          || (fact.photo && all.find((one) => waits(one) && same(one, fact)));
        if (twice) continue; // pressed twice
        if (all.some((one) => one.uid === fact.uid)) fact.uid = uuid(); // a page from the cache, used once more
        Object.assign(fact, { person: who, seq: ++counter.value, captured_at, state: "waiting", reason: "" });
        at("facts").put(fact);
        all.push(fact);
        done.push(fact);
      }
      for (const blob of blobs) at("blobs").put(blob);
      at("meta").put(counter);
      return done;
    });
    changed();
    return kept;
  };

  // thrown away by the person: what was done after it moves up, so that no gap holds it; photos of a record begun here go with it
  const discard = async (uid) => {
    const who = await person();
    await use(["facts", "blobs", "meta"], "readwrite", async (at) => {
      const all = (await result(at("facts").index("person").getAll(who))).sort((a, b) => a.seq - b.seq);
      const gone = all.filter((one) => one.uid === uid || (one.record === all.find((it) => it.uid === uid)?.record && !/:\d+$/.test(one.record)));
      const settled = all.filter((one) => one.state !== "waiting" && !gone.includes(one));
      for (const one of gone) {
        at("facts").delete(one.uid);
        if (one.photo && !all.some((other) => !gone.includes(other) && other.data.sha256 === one.data.sha256)) at("blobs").delete(`${who}:${one.data.sha256}`);
      }
      let seq = Math.max(0, ...settled.map((one) => one.seq), Math.min(...all.map((one) => one.seq)) - 1);
      for (const one of all) if (one.state === "waiting" && !gone.includes(one)) at("facts").put({ ...one, seq: ++seq });
      at("meta").put({ key: `seq:${who}`, value: seq });
    });
    changed();
  };

  // sending
  const device = async (who) => {
    const known = await meta(`device:${who}`);
    if (known) return known;
    const fresh = uuid();
    await remember(`device:${who}`, fresh);
    return fresh;
  };
  const about = (record) => { const [kind, id] = record.split(":"); return /^\d+$/.test(id) ? { kind, id: Number(id) } : { kind, uid: id }; };
  const outgoing = (fact) => ({ kind: fact.kind, client_uid: fact.uid, seq: fact.seq, record: about(fact.record), label: fact.label.slice(0, 200), captured_at: fact.captured_at, data: fact.data });
  const change = (uid, values) => use(["facts"], "readwrite", async (at) => {
    const row = await result(at("facts").get(uid));
    if (row) at("facts").put({ ...row, ...values });
  });
  const send = async (url, method, body, token, type) => fetch(url, {
    method, body, signal: AbortSignal.timeout(90000), credentials: "same-origin", redirect: "error", headers: { "Content-Type": type, "X-CSRFToken": token, Accept: "application/json" },
  });

  const batches = (list) => {
    const found = [[]];
    let bytes = 0;
    for (const fact of list) {
      const size = new Blob([JSON.stringify(outgoing(fact))]).size;
      if (found.at(-1).length >= MOST || bytes + size > MOST_BYTES) { found.push([]); bytes = 0; }
      found.at(-1).push(fact);
      bytes += size;
    }
    return found.filter((batch) => batch.length);
  };

  const sendFacts = async (batch, who, token) => {
    const body = JSON.stringify({ device: await device(who), sent_at: new Date().toISOString(), facts: batch.map(outgoing) });
    const answer = await send(DOOR, "POST", body, token, "application/json");
    if (answer.ok) {
      for (const one of (await answer.json()).answers) {
        const conflict = one.result === "conflict";
        await change(one.client_uid, { state: conflict ? "conflict" : "sent", reason: one.reason, flags: one.flags, sent_at: new Date().toISOString(), ...(conflict && one.record.id === undefined ? { photo: "" } : {}) });
      }
      return true;
    }
    if (answer.status === 413 || answer.status === 422 || answer.status === 400) {
      if (batch.length > 1) {
        const half = Math.ceil(batch.length / 2);
        return await sendFacts(batch.slice(0, half), who, token) && sendFacts(batch.slice(half), who, token);
      }
      await change(batch[0].uid, { state: "refused", reason: (await answer.json().catch(() => ({}))).detail || String(answer.status) });
      return true;
    }
    return false;
  };

  // one photo, piece by piece; what goes wrong with it holds no other
  const sendPhoto = async (fact, token) => {
    const key = `${fact.person}:${fact.data.sha256}`;
    const kept = await use(["blobs"], "readonly", (at) => result(at("blobs").get(key)));
    if (!kept) return change(fact.uid, { photo: "lost" }).then(() => true);
    const { blob } = kept;
    let offset = 0, tries = 0;
    while (true) {
      const piece = blob.slice(offset, offset + PIECE);
      const answer = await send(`${UPLOADS}${fact.data.sha256}?offset=${offset}&size=${blob.size}`, "PUT", piece, token, "application/octet-stream");
      if (answer.status === 413 || answer.status === 415 || answer.status === 422) {
        await change(fact.uid, { photo: "refused", reason: (await answer.json().catch(() => ({}))).detail || String(answer.status) });
        return true;
      }
      if (answer.status === 409 && ++tries < 3) { offset = 0; continue; }
      if (!answer.ok) return false;
      const told = await answer.json();
      if (told.state === "partial" && told.received > offset) { offset = told.received; continue; }
      if (told.state === "partial" && ++tries < 3) { offset = told.received; continue; }
      if (told.state === "partial") return false;
      await change(fact.uid, told.state === "whole" ? { photo: "sent" } : { photo: "refused", reason: told.detail });
      if (told.state === "whole") await use(["blobs"], "readwrite", (at) => result(at("blobs").delete(key)));
      return true;
    }
  };

  // {state: "sent" | "again" | "offline" | "signed_out" | "busy"}
  const work = async () => {
    let hello;
    try {
      hello = await fetch(DOOR, { credentials: "same-origin", cache: "no-store", redirect: "error", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(8000) });
    } catch { return { state: "offline" }; }
    if (hello.status === 401 || hello.status === 403) return { state: "signed_out" };
    if (!hello.ok) return { state: hello.status < 500 ? "again" : "offline" };
    const { person: who, token } = await hello.json();
    if (await person() !== who) return { state: "signed_out" }; // somebody else by now: the page finds out and clears the copies
    const all = await facts(who);
    let whole = true;
    try {
      for (const batch of batches(all.filter((fact) => fact.state === "waiting"))) {
        if (!await sendFacts(batch, who, token)) { whole = false; break; }
        changed();
      }
      for (const fact of (await facts(who)).filter((one) => one.photo === "waiting" && one.state !== "waiting")) {
        try { if (!await sendPhoto(fact, token)) whole = false; } catch { whole = false; }
        changed();
      }
    } catch { return { state: "offline" }; }
    const old = new Date(Date.now() - KEPT).toISOString();
    await use(["facts"], "readwrite", async (at) => { for (const fact of all) if (fact.state === "sent" && fact.photo !== "waiting" && fact.sent_at < old) at("facts").delete(fact.uid); });
    return { state: whole ? "sent" : "again" };
  };
  let sending = false;
  const flush = () => navigator.locks.request("houqin-outbox", { ifAvailable: true }, async (lock) => {
    if (!lock) return { state: "busy" };
    sending = true;
    changed();
    try { return await work(); } finally { sending = false; changed(); }
  });

  return { keep, discard, sending: () => sending, flush, facts, unsent, anybodys, waits, person, remember, meta, uuid, channel, blob: (fact) => use(["blobs"], "readonly", (at) => result(at("blobs").get(`${fact.person}:${fact.data.sha256}`))) };
})();
