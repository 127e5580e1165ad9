// What every page does: htmx safety, dialog, menus, toasts, drafts, double submits, bulk bar. Works on what is there; pages work without it.
(() => {
  "use strict";
  // before htmx looks at the page: nothing evaluated, no style of its own, only this host; refusals are shown, faults are not
  if (window.htmx) Object.assign(htmx.config, {
    allowEval: false, includeIndicatorStyles: false, selfRequestsOnly: true, historyCacheSize: 0,
    responseHandling: [{ code: "204", swap: false }, { code: "[23]..", swap: true }, { code: "4..", swap: true, error: true }, { code: "5..", swap: false, error: true }],
  });
  const parts = document.currentScript.dataset;
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const within = (root, selector) => [...(root.matches?.(selector) ? [root] : []), ...$$(selector, root)];
  const live = $("#live");
  const words = (name, values = {}) => (window.houqinWords?.[name] || "").replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  const clock = (at) => new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const say = (text) => { if (live && text) { live.textContent = ""; setTimeout(() => { live.textContent = text; }, 60); } };
  const uuid = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (+c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (+c / 4)))).toString(16));
  const svg = (id) => { const found = $(`#${id} .icon`); return found ? found.cloneNode(true) : document.createTextNode(""); };
  window.houqin = { $, $$, within, words, say, clock, svg, uuid };

  // parts that only some pages need, fetched when something on the page asks for them
  const loaded = new Map();
  const load = (url) => {
    if (!loaded.has(url)) loaded.set(url, new Promise((done) => {
      const script = Object.assign(document.createElement("script"), { src: url, onload: done });
      document.head.append(script);
    }));
    return loaded.get(url);
  };
  const NEEDS = { "select[data-remote]": ["tom", "select"], "input[data-photos]": ["photos"], ".hq-board": ["board"], "[data-scan]": ["scan"], "aside[data-outbox]": ["outbox", "offline"], "input[data-find]": ["find"], "[data-mention], [data-drop]": ["record"], ".hq-wall[data-wall]": ["wall"], "[data-floor]": ["floor"], "[data-tree]": ["tree"] };
  const furnish = async (root) => {
    for (const [selector, names] of Object.entries(NEEDS)) {
      if (!within(root, selector).length) continue;
      for (const name of names) await load(parts[name]);
      houqin[names.at(-1)]?.(root);
    }
  };

  // a note where the person looks: in the open dialog, else on top of the page
  const dialog = $("#dialog");
  const refuse = (text) => {
    const place = $(dialog?.open ? "#dialog-refusal" : "#refusal");
    if (!place) return;
    const note = Object.assign(document.createElement("div"), { className: "hq-note is-late mb-3", textContent: text });
    place.replaceChildren(note);
    place.scrollIntoView({ block: "nearest" });
  };

  // htmx
  const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRFToken"] = cookie("csrftoken") || ""; });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target?.id === "refusal" && dialog?.open) detail.target = $("#dialog-refusal");
    else if (detail.target?.id === "dialog-body") $("#dialog-refusal").replaceChildren();
  });
  document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
    if (target.id === "dialog-body") {
      if (!dialog.open) { closeMenus(); dialog.showModal(); }
      ($("[data-errors]", target) || $("[autofocus], input:not([type=hidden]), select, textarea, button", target))?.focus();
    }
    if (target.id === "refusal" || target.id === "dialog-refusal") target.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("htmx:afterSettle", ({ detail: { target, elt } }) => {
    const fresh = document.getElementById(target.id) || elt;
    if (document.activeElement === document.body && fresh?.tabIndex === -1 && fresh.id !== "dialog-body") fresh.focus({ preventScroll: true });
    say(fresh?.dataset?.announce);
  });
  document.addEventListener("htmx:load", ({ detail: { elt } }) => greet(elt));
  for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, ({ detail: { elt } }) => {
    if (!(houqin.offline && elt.matches("form[data-wait]"))) refuse(words("noNetwork")); // kept on the phone instead
  });
  document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => { if (xhr.status >= 500) refuse(words("fault")); });
  document.addEventListener("htmx:afterRequest", ({ detail: { elt, xhr } }) => {
    free(elt);
    if (xhr.status >= 200 && xhr.status < 400 && elt.dataset?.draft) forget(elt);
  });

  // dialog
  dialog?.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
    else if (event.target.closest("[data-close]")) { event.preventDefault(); dialog.close(); }
  });
  const asked = $("#confirm");
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.confirm || form.dataset.sure) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    $("#confirm-title").textContent = form.dataset.confirm;
    $("[value=yes]", asked).textContent = form.dataset.verb;
    asked.returnValue = "";
    asked.showModal();
    asked.addEventListener("close", () => {
      if (asked.returnValue !== "yes") return;
      form.dataset.sure = "1";
      form.requestSubmit();
      delete form.dataset.sure;
    }, { once: true });
  }, true);

  // menus
  const closeMenus = (but) => $$("details[data-menu][open]").forEach((menu) => { if (menu !== but) menu.open = false; });
  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details[data-menu]"));
    if (event.target.closest('[aria-disabled="true"]')) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "Escape") {
      const menu = event.target.closest?.("details[data-menu][open]") || $("details[data-menu][open]");
      if (menu) { menu.open = false; $("summary", menu).focus(); }
    } else if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey || event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      const search = $$("[data-search], .hq-bar input[type=search]").find((input) => input.offsetParent);
      const page = $("[data-search-page]");
      if (search || page) event.preventDefault();
      if (search) { search.focus(); search.select(); } else page?.click();
    }
  });

  // theme at once, then on the server
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-theme]") || event.submitter?.name !== "theme") return;
    event.preventDefault();
    const { value } = event.submitter, body = new FormData(event.target, event.submitter);
    if (value === "auto") document.documentElement.removeAttribute("data-bs-theme");
    else document.documentElement.dataset.bsTheme = value;
    for (const button of $$("[name=theme]", event.target)) button.setAttribute("aria-pressed", String(button.value === value));
    fetch(event.target.action, { method: "POST", body, redirect: "manual" }).catch(() => {});
  });

  // what was looked for on this device is nobody else's business
  document.addEventListener("submit", ({ target, submitter }) => {
    const to = submitter?.getAttribute("formaction") || target.getAttribute("action") || "";
    if (!to.endsWith("/sign-out/")) return;
    try { Object.keys(localStorage).filter((name) => name.startsWith("hq-searches:")).forEach((name) => localStorage.removeItem(name)); } catch { /* storage may be refused */ }
  });

  // toasts: 6 seconds, longer while looked at
  const toast = (element) => {
    let timer;
    const go = () => { timer = setTimeout(() => element.remove(), 6000); };
    const stay = () => clearTimeout(timer);
    element.addEventListener("pointerenter", stay); element.addEventListener("focusin", stay);
    element.addEventListener("pointerleave", go); element.addEventListener("focusout", go);
    say(element.textContent.trim());
    go();
  };

  // one press, one record
  const lock = (form) => { form.dataset.busy = "1"; $$("button:not([type=button])", form).forEach((button) => button.setAttribute("aria-disabled", "true")); };
  const free = (form) => {
    if (!form?.dataset?.busy) return;
    delete form.dataset.busy;
    $$("button:not([type=button])", form).forEach((button) => button.removeAttribute("aria-disabled"));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented && !form.hasAttribute("hx-post")) return;
    if (form.dataset.busy) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    if (typing && form.dataset.draft) { keep(form); clearTimeout(typing); typing = 0; } // a later keeping would outlive what was sent
    if (!form.hasAttribute("hx-post") && form.dataset.draft) sessionStorage.setItem("hq-sent", form.dataset.draft);
    setTimeout(() => lock(form)); // after the browser has read the pressed button
    setTimeout(() => free(form), 8000); // a download leaves the page standing; client_uid still makes one record of two
  }, true);
  addEventListener("pageshow", (event) => { if (event.persisted) $$("form[data-busy]").forEach(free); });

  // drafts
  const PREFIX = "hq-draft:", KEEP = 14 * 864e5;
  const key = (form) => PREFIX + form.dataset.draft;
  const forget = (form) => { try { localStorage.removeItem(key(form)); } catch { /* storage may be refused */ } };
  const fields = (form) => [...form.elements].filter((field) => field.name && !["hidden", "file", "password", "submit", "button"].includes(field.type));
  const keep = (form) => {
    const kept = fields(form).map((field) => [field.name, field.value, ["checkbox", "radio"].includes(field.type) ? field.checked : null, field.selectedOptions?.[0]?.text]);
    const at = Date.now();
    try { localStorage.setItem(key(form), JSON.stringify({ at, kept, uid: form.elements.client_uid?.value, version: form.elements.version?.value })); } catch { return; }
    const line = $("[data-draft-line]", form);
    if (line) line.textContent = words("draftKept", { time: clock(at) });
  };
  const restore = (form) => {
    let draft;
    try { draft = JSON.parse(localStorage.getItem(key(form))); } catch { return; }
    if (!draft) return;
    if (Date.now() - draft.at > KEEP) return forget(form);
    const all = fields(form);
    const before = JSON.stringify(all.map((field) => [field.value, field.checked]));
    for (const [name, value, checked, text] of draft.kept) {
      const same = all.filter((field) => field.name === name);
      if (checked !== null) { const box = same.find((field) => field.value === value); if (box) box.checked = checked; continue; }
      const field = same[0];
      if (!field) continue;
      if (field.dataset.remote && value && ![...field.options].some((option) => option.value === value)) field.add(new Option(text, value));
      field.value = value;
    }
    if (before === JSON.stringify(all.map((field) => [field.value, field.checked]))) return;
    if (draft.version && form.elements.version) form.elements.version.value = draft.version; // an old draft must not pass for a fresh reading
    const line = $("[data-draft-line]", form);
    if (!line) return;
    const drop = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm hq-btn-quiet", textContent: words("draftDrop") });
    drop.addEventListener("click", () => { forget(form); form.reset(); line.textContent = ""; for (const select of $$("select", form)) select.tomselect?.sync(); });
    line.classList.remove("hq-only-l");
    line.replaceChildren(words("draftBack", { time: clock(draft.at) }), " ", drop);
  };
  let typing;
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-draft]");
    if (!form) return;
    clearTimeout(typing);
    typing = setTimeout(() => { typing = 0; keep(form); }, 400);
  });
  // a draft whose form was sent is gone once another page, or the same form afresh, comes back without mistakes
  const settle = () => {
    const sent = sessionStorage.getItem("hq-sent");
    if (!sent) return;
    sessionStorage.removeItem("hq-sent");
    if (!$$("form[data-bound]").some((form) => form.dataset.draft === sent)) localStorage.removeItem(PREFIX + sent);
  };

  // bulk bar
  const picked = (list) => $$("tbody input[name=pk]:checked", list);
  const tally = (list) => {
    const bar = $("[data-bulk]", list), n = picked(list).length;
    if (!bar) return;
    bar.hidden = !n && !("asked" in bar.dataset);
    $("[data-picked]", bar).textContent = words("picked", { n });
    $$("tbody tr", list).forEach((row) => row.classList.toggle("is-picked", !!$("input[name=pk]:checked", row)));
    const total = $$("tbody input[name=pk]", list).length;
    for (const all of $$("[data-all]", list)) { all.checked = n === total && n > 0; all.indeterminate = n > 0 && n < total; }
  };
  document.addEventListener("change", (event) => {
    const list = event.target.closest(".hq-panel");
    if (!list || !event.target.matches("[data-all], input[name=pk]")) return;
    if (event.target.matches("[data-all]")) $$("tbody input[name=pk]", list).forEach((box) => { box.checked = event.target.checked; });
    tally(list);
  });
  document.addEventListener("click", (event) => {
    const list = event.target.closest("[data-clear]")?.closest(".hq-panel");
    if (!list) return;
    $$("input:checked", list).forEach((box) => { box.checked = false; });
    tally(list);
    $("input[name=pk]", list)?.focus();
  });

  // what a fresh piece of page needs
  const greet = (root) => {
    within(root, "[data-uid]").forEach((input) => { if (!input.value) input.value = uuid(); });
    within(root, "form[data-draft]").forEach((form) => { if (!form.hasAttribute("data-bound")) restore(form); });
    within(root, ".hq-toast").forEach(toast);
    within(root, ".hq-panel").forEach(tally);
    $("[data-errors]", root)?.focus();
    furnish(root);
  };
  Object.assign(houqin, { free, forget, refuse });
  const start = () => { settle(); greet(document.body); };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
