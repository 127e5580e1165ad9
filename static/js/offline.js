// Work without a network, the page's side: forms that may wait are kept on the phone when they cannot be sent, what is next is offered from
// what was done on the phone, and what waits is always in sight. The keeping and sending is outbox.js, the copies of pages are the worker.
houqin.offline = (() => {
  const { $, $$, words, say, clock, uuid, free, refuse } = houqin;
  const strip = $("aside[data-outbox]"), whose = Number(strip.dataset.outbox) || null, secure = isSecureContext && "serviceWorker" in navigator;
  const since = Number(document.documentElement.dataset.copy) || 0;
  let offline = since > 0 || !navigator.onLine, signedOut = false;
  const toast = (text) => {
    const note = Object.assign(document.createElement("div"), { className: "hq-toast", textContent: text });
    note.setAttribute("role", "status");
    [...$("#toasts").children].filter((one) => one.textContent === text).forEach((one) => one.remove()); // once is enough
    $("#toasts").append(note);
    setTimeout(() => note.remove(), 6000);
    say(text);
  };
  const limit = (promise, ms) => Promise.race([promise, new Promise((done) => { setTimeout(done, ms); })]);

  // the strip
  const show = async () => {
    const n = whose ? (await outbox.unsent()).length : await outbox.anybodys();
    strip.hidden = !(n || offline && whose);
    strip.classList.toggle("is-offline", offline);
    const state = offline ? (since ? words("copy", { time: clock(since) }) : words("none")) : outbox.sending() && n ? words("sending") : signedOut || !whose ? words("signedOut") : "";
    $("[data-outbox-line]", strip).textContent = [n ? words("waiting", { n }) : "", state].filter(Boolean).join(" · ");
    $("[data-outbox-send]", strip).hidden = !n || !whose || offline || outbox.sending();
    const link = $("[data-outbox-show]", strip);
    link.hidden = !whose && !offline || !n;
    if (signedOut) { link.href = `${strip.dataset.signIn}?next=${encodeURIComponent(location.pathname)}`; $("[data-outbox-send]", strip).hidden = true; }
    await Promise.all([project(), list()]);
  };

  // sending
  const flush = async () => {
    if (!whose) return { state: "signed_out" };
    const before = await outbox.unsent();
    if (!before.length && !offline) return { state: "sent" };
    const told = await outbox.flush();
    if (told.state === "busy") return told;
    signedOut = told.state === "signed_out";
    offline = told.state === "offline";
    const left = await outbox.unsent(), here = $("[data-kit]")?.dataset.record, at = (list) => list.some((one) => one.record === here);
    await show();
    // the page as it is by now, unless something lies open on it
    if (!offline && !signedOut && (since || at(before) && !at(left)) && !$("dialog[open]") && !$$("input[type=file]").some((input) => input.files.length)) location.reload();
    return told;
  };
  const heartbeat = () => { if (!document.hidden) flush().catch(() => {}); };

  // keeping
  const act = (form) => ({ kind: form.dataset.wait, record: form.dataset.record, label: form.dataset.label, where: form.dataset.point || form.dataset.where, words: form.dataset.words, photo: form.dataset.photo });
  const complete = (form) => {
    const data = new FormData(form), needs = (form.dataset.needs || "").split(" ").filter(Boolean);
    if (needs.every((names) => names.split("|").some((name) => data.get(name))) && form.checkValidity()) return true;
    if (form.checkValidity()) refuse(words("incomplete")); else form.reportValidity();
    return false;
  };
  const keep = async (form) => {
    if (!complete(form)) return free(form);
    let kept;
    try { kept = await outbox.keep(act(form), new FormData(form)); } catch { free(form); return refuse(words("full")); }
    const next = form.dataset.next, key = form.elements.client_uid;
    free(form);
    houqin.forget(form);
    const shared = form.closest("dialog");
    form.reset();
    if (key) key.value = uuid();
    $$("input[data-photos]", form).forEach((input) => input.dispatchEvent(new Event("emptied")));
    if (shared?.open) shared.close();
    toast(words(kept.length ? "kept" : "twice"));
    navigator.storage?.persist?.().catch(() => {});
    navigator.serviceWorker.ready.then((worker) => worker.sync?.register("houqin-outbox")).catch(() => {});
    if (next) location.assign(next); else await show();
  };
  // earlier entries of the same record go first; if they cannot, this one waits behind them
  const waits = async (form) => {
    const behind = async () => (await outbox.unsent()).some((one) => one.record === form.dataset.record && one.state === "waiting");
    if (!navigator.onLine) return true;
    if (!await behind()) return false;
    await limit(flush(), 8000);
    return behind();
  };
  document.addEventListener("htmx:confirm", (event) => {
    const { elt, issueRequest } = event.detail;
    if (!elt.matches("form[data-wait]")) return;
    event.preventDefault();
    waits(elt).then((must) => must ? keep(elt) : issueRequest(true), () => issueRequest(true));
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, ({ detail: { elt } }) => {
    offline = true;
    if (elt.matches("form[data-wait]")) keep(elt); else show();
  });
  document.addEventListener("htmx:beforeSend", ({ detail: { elt, xhr } }) => {
    if (elt.matches("form[data-wait]")) xhr.timeout = $$("input[type=file]", elt).some((input) => input.files.length) ? 90_000 : 20_000;
  });
  document.addEventListener("htmx:responseError", ({ detail: { elt, xhr } }) => { if (elt.matches("form[data-wait]") && xhr.status > 501) keep(elt); });
  const leaves = ({ submitter }) => submitter?.formAction?.endsWith(strip.dataset.signOut);
  // what cannot wait is not thrown at a network that is not there
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (navigator.onLine || form.matches("[data-wait]") || form.method !== "post" || leaves(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    setTimeout(() => free(form));
    refuse(words("noNetwork"));
  }, true);

  // signing out leaves nothing to look at; what waits is named first
  document.addEventListener("submit", async (event) => {
    const { submitter, target: form } = event;
    if (!leaves(event) || form.dataset.leaving) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const n = (await outbox.unsent()).length;
    if (n && !await sure(words("leave", { n }), words("leaveVerb"))) return;
    form.dataset.leaving = "1";
    free(form);
    form.requestSubmit(submitter);
  }, true);
  const sure = (question, verb) => new Promise((done) => {
    const asked = $("#confirm");
    $("#confirm-title").textContent = question;
    $("[value=yes]", asked).textContent = verb;
    asked.returnValue = "";
    asked.showModal();
    asked.addEventListener("close", () => done(asked.returnValue === "yes"), { once: true });
  });

  // the record as it stands on this phone: the server's state and, on top of it, what waits
  let kit, drawn = "";
  const kitOf = async (url) => kit ??= await fetch(url, { headers: { "X-Kit": "1" } }).then((answer) => answer.ok ? answer.text() : Promise.reject(answer)).then((text) => {
    const box = document.createElement("div");
    box.innerHTML = text;
    return box;
  });
  const project = async () => {
    const dock = $("[data-kit]");
    if (!dock || !whose) return;
    const { record } = dock.dataset, mine = (await outbox.unsent()).filter((one) => one.record === record);
    if (!mine.length && !offline) return;
    const box = await kitOf(dock.dataset.kit).catch(() => null);
    if (!box) return;
    const moves = $$("template[data-move]", box);
    let state = dock.dataset.state;
    for (const fact of mine) {
      const move = moves.find((one) => one.dataset.move === fact.kind);
      if (move?.dataset.from.split(" ").includes(state)) state = move.dataset.to || state;
    }
    const sent = new Set(mine.filter((one) => one.kind === "core.photo").map((one) => one.data.role));
    const lacking = JSON.parse(dock.dataset.lacking || "[]").filter(([role]) => !sent.has(role));
    const drawing = JSON.stringify([state, lacking, mine.length]);
    if (drawing === drawn) return;
    drawn = drawing;
    const badge = $("[data-state-badge]");
    if (badge && state !== dock.dataset.state) badge.replaceChildren($(`template[data-state="${state}"]`, box).content.cloneNode(true));
    const offered = moves.filter((one) => one.dataset.from.split(" ").includes(state));
    const note = Object.assign(document.createElement("p"), { className: "hq-why hq-block" });
    const stuck = offered.some((one) => one.dataset.name === dock.dataset.proof) && lacking.length;
    note.textContent = stuck ? words("lacking", { what: lacking.map(([, what]) => what).join(", ") }) : words("projected");
    dock.replaceChildren(note, ...offered.map((one, n) => button(one, record, dock, n === 0, stuck && one.dataset.name === dock.dataset.proof ? lacking[0] : null)));
    dock.hidden = false;
  };
  const button = (move, record, dock, first, missing) => {
    const form = move.content.querySelector("form").cloneNode(true), made = document.createElement(missing ? "a" : "button");
    made.className = `btn btn-lg ${first ? "btn-primary flex-fill" : ""}`;
    if (missing) Object.assign(made, { href: `#photo-${missing[0]}`, textContent: missing[2] }).dataset.pick = `photo-${missing[0]}`;
    else made.append(move.content.querySelector(".icon")?.cloneNode(true) ?? "", move.dataset.words);
    const url = form.getAttribute("action").replace("/0/", `/${record.split(":")[1]}/`);
    form.action = url;
    form.setAttribute("hx-post", url);
    form.dataset.draft = url;
    Object.assign(form.dataset, { wait: move.dataset.move, record, label: dock.dataset.label, words: move.dataset.words });
    form.elements.client_uid.value = uuid();
    if (!missing) made.addEventListener("click", () => {
      if (!("asks" in move.dataset)) return keep(form);
      $("#dialog-body").replaceChildren(form);
      htmx.process(form);
      $("#dialog").showModal();
      $("textarea, select, input:not([type=hidden])", form)?.focus();
    });
    return made;
  };

  // the page "Waiting to send"
  let pictures = [];
  const list = async () => {
    const page = $("[data-outbox-page]");
    if (!page || !whose) return;
    const all = await outbox.facts(), waiting = all.filter((one) => outbox.waits(one) || one.state === "refused" || one.photo === "refused"), past = all.filter((one) => !waiting.includes(one)).reverse().slice(0, 50);
    $("[data-outbox-waiting]", page).hidden = !waiting.length;
    $("[data-outbox-none]", page).hidden = waiting.length > 0;
    $("[data-outbox-past]", page).hidden = !past.length;
    pictures.forEach(URL.revokeObjectURL);
    pictures = [];
    $("[data-outbox-list]", page).replaceChildren(...await Promise.all(waiting.map((one) => row(page, one))));
    $("[data-outbox-sent]", page).replaceChildren(...await Promise.all(past.map((one) => row(page, one))));
  };
  const state = (fact) => fact.state === "refused" || fact.photo === "refused" ? "refused" : fact.state === "waiting" ? (outbox.sending() ? "sending" : "waiting")
    : fact.photo === "waiting" ? "photo" : fact.state === "conflict" ? "conflict" : "sent";
  const row = async (page, fact) => {
    const made = $("[data-outbox-row]", page).content.firstElementChild.cloneNode(true), is = state(fact), part = (name) => $(`[data-row-${name}]`, made);
    part("words").textContent = fact.words;
    part("when").textContent = new Date(fact.captured_at).toLocaleString(document.documentElement.lang, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
    part("label").textContent = [fact.label, fact.where].filter(Boolean).join(" · ");
    part("text").textContent = fact.data.completion_note || fact.data.text || fact.data.description || fact.data.note || "";
    part("state").append($("[data-outbox-states]", page).content.querySelector(`[data-is=${is}]`).firstElementChild.cloneNode(true));
    if (fact.reason && (is === "conflict" || is === "refused")) { part("why").hidden = false; $("span", part("why")).textContent = fact.reason; }
    if (fact.photo === "waiting") {
      const kept = await outbox.blob(fact);
      if (kept) {
        const url = URL.createObjectURL(kept.blob);
        pictures.push(url);
        part("picture").append(Object.assign(document.createElement("img"), { className: "hq-photo", src: url, alt: fact.data.name || fact.words, width: 120, height: 90 }));
      }
    }
    const open = is === "waiting" || is === "refused" || is === "photo";
    part("acts").hidden = !open;
    part("retry").hidden = is === "refused";
    part("retry").addEventListener("click", send);
    part("drop").addEventListener("click", async ({ currentTarget: { dataset } }) => {
      if (await sure(dataset.confirm, dataset.verb)) await outbox.discard(fact.uid);
    });
    return made;
  };
  const send = async () => {
    const told = await flush(), line = $("[data-outbox-told]");
    const text = { offline: words("none"), signed_out: words("signedOut"), again: words("trouble"), sent: words("arrived") }[told.state] || "";
    if (line) line.textContent = text;
    if (told.state !== "sent") say(text); else toast(text);
  };
  document.addEventListener("click", (event) => { if (event.target.closest("[data-outbox-send]")) send(); });

  // words in the address: a label that was scanned without a network
  const tag = new URLSearchParams(location.search).get("tag"), box = $("[data-from-label]");
  if (box && tag) box.value = tag;

  const start = async () => {
    if (!secure) { const note = $("[data-outbox-blind]"); if (note) note.hidden = false; return; }
    if (whose && !since && await outbox.person() !== whose) await outbox.remember("person", whose);
    addEventListener("outbox", () => show());
    outbox.channel?.addEventListener("message", () => show());
    addEventListener("online", () => setTimeout(heartbeat, 300));
    addEventListener("offline", () => { offline = true; show(); });
    document.addEventListener("visibilitychange", heartbeat);
    setInterval(heartbeat, 30_000);
    await show();
    if (!whose) return;
    const worker = navigator.serviceWorker.register(strip.dataset.worker);
    worker.catch(() => {});
    heartbeat();
    if (!offline) navigator.serviceWorker.ready.then((ready) => setTimeout(() => ready.active.postMessage("warm"), 1500));
  };
  start().catch(() => {});

  // on the home screen: offered once, never again when declined
  addEventListener("beforeinstallprompt", (event) => {
    const hint = $("[data-install]");
    if (!hint || localStorage.getItem("hq-install") === "no") return;
    event.preventDefault();
    hint.hidden = false;
    $("[data-install-yes]", hint).onclick = async () => { hint.hidden = true; await event.prompt(); };
    $("[data-install-no]", hint).onclick = () => { hint.hidden = true; localStorage.setItem("hq-install", "no"); };
  });
  return () => {};
})();
