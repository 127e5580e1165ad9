// A round on the phone: a scanned label opens its point, one question after the other, a wrong answer asks for its photo at once, and what
// was done without a network counts on the page before it is sent.
(() => {
  "use strict";
  const $ = (s, root = document) => root.querySelector(s), $$ = (s, root = document) => [...root.querySelectorAll(s)];
  const page = $("[data-round]"), fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  let waiting = [], later = 0;

  // a question
  const number = (text) => Number(text.trim().replace(/[，,]/g, "."));
  const wrong = (box) => {
    const typed = $("[data-number]", box);
    if (typed) {
      const n = number(typed.value), { low, high } = box.dataset;
      return typed.value.trim() !== "" && Number.isFinite(n) && (low !== "" && n < Number(low) || high !== "" && n > Number(high));
    }
    return Boolean($("[data-wrong]:checked", box));
  };
  const read = (box) => { // a meter: less than before, or more than it can have grown, is told without a network too
    const typed = $("[data-number]", box), falls = $("[data-falls]", box), jumps = $("[data-jumps]", box);
    if (!falls) return;
    const n = number(typed.value), { last, lastAt, rate } = box.dataset, told = typed.value.trim() !== "" && Number.isFinite(n);
    const days = (Date.now() - Date.parse(lastAt)) / 86400000;
    falls.hidden = !(told && n < Number(last));
    jumps.hidden = !(told && rate !== "" && n > Number(last) + Number(rate) * days * 1.05 + 1);
    if (jumps.hidden) $("input", jumps).checked = false;
  };
  const judge = (box) => {
    read(box);
    if (!$("[data-proof]", box)) return false; // a reading by itself asks for nothing more
    const bad = wrong(box), always = box.dataset.photo === "always", wants = always || box.dataset.photo === "fail" && bad;
    const proof = $("[data-proof]", box), input = $("input[name=photos]", box);
    proof.hidden = !(wants || bad);
    $("[data-wrong-words]", box).hidden = !bad;
    if (input) input.required = wants;
    $("[data-note]", box).hidden = !bad;
    return bad || wants;
  };
  document.addEventListener("change", ({ target }) => {
    const box = target.closest("[data-question]"), form = box?.closest("form");
    if (!box) return;
    const more = judge(box), send = $("[data-send]", form);
    if (send) send.hidden = target.type === "radio" && !more;
    if (send && target.type === "radio" && !more) form.requestSubmit(); // a right answer is one tap
  });
  document.addEventListener("input", ({ target }) => { if (target.matches("[data-number]")) judge(target.closest("[data-question]")); });
  document.addEventListener("click", ({ target }) => {
    const again = target.closest("[data-again]"), line = again?.closest("[data-line]");
    if (!line) return;
    $("[data-given]", line).hidden = true;
    $("form", line).hidden = false;
    line.dataset.again = "1";
  });

  // one question after the other
  const value = (line) => line.dataset.kept || line.dataset.value;
  const arrange = (stop) => {
    const lines = $$("[data-line]", stop), shown = new Set(), there = stop.dataset.visited || stop.dataset.kept;
    let first = true, more = 0, open = 0;
    for (const line of lines) {
      const { ifKey, ifValue } = line.dataset, before = lines.find((one) => one.dataset.line === ifKey);
      const asked = !ifKey || before && shown.has(ifKey) && value(before) === ifValue;
      if (asked) shown.add(line.dataset.line);
      const answered = value(line) !== "" && !line.dataset.again, form = $("form", line);
      if (form && !answered && asked && !("optional" in line.dataset)) open += 1;
      if (!asked || !there && form) line.hidden = true;
      else if (answered || line.dataset.again) line.hidden = false;
      else { line.hidden = !first; if (!first) more += 1; first = false; }
      if (form && !line.dataset.again) { form.hidden = answered; $("[data-given]", line).hidden = !answered; }
      const send = form && $("[data-send]", form);
      if (send && $(".hq-verdicts", form) && !$("input:checked", form)) send.hidden = true;
    }
    const words = $("[data-more]", stop);
    if (words) { words.hidden = !more; words.textContent = fill(page.dataset.wordsMore, { n: more }); }
    stop.dataset.open = open;
  };
  const next = (after) => $$("[data-stop]").find((one) => one !== after && !(one.dataset.visited || one.dataset.kept));
  const count = () => {
    const all = $$("[data-stop]"), left = all.filter((one) => !(one.dataset.visited || one.dataset.kept) || Number(one.dataset.open));
    const line = $("[data-round-line]");
    if (line && $("[data-submit]")) line.textContent = left.length ? fill(page.dataset.wordsLeft, { n: left.length, all: all.length }) : page.dataset.wordsDone;
    for (const row of $$("[data-left]")) {
      const stop = $(`[data-stop="${row.dataset.left}"]`);
      row.hidden = Boolean(stop?.dataset.visited || stop?.dataset.kept);
    }
    const none = !$$("[data-left]").some((row) => !row.hidden), partly = $("[data-partly]");
    $$("[data-left-line]").forEach((one) => { one.hidden = none; });
    if (partly) partly.hidden = !all.some((one) => (one.dataset.visited || one.dataset.kept) && Number(one.dataset.open));
  };

  // what waits on this phone counts here
  const project = async () => {
    if (!page || !self.outbox) return;
    const whose = (fact) => fact.data.round === page.dataset.round && ["maintenance.visit", "maintenance.answer"].includes(fact.kind);
    const had = waiting.length;
    waiting = (await outbox.unsent().catch(() => [])).filter(whose);
    // all sent: the page as the server has it by now, unless a photo is already chosen
    if (had && !waiting.length && navigator.onLine && !$$("input[type=file]").some((input) => input.files.length)) return location.reload();
    for (const { kind, data } of waiting) {
      const stop = $(`[data-stop="${data.point}"]`);
      if (!stop) continue;
      if (!stop.dataset.visited) { stop.dataset.kept = "1"; const form = $("[data-visit]", stop); if (form) form.hidden = true; mark($("[data-stop-state]", stop)); }
      if (kind !== "maintenance.answer") continue;
      const line = $(`[data-item="${data.item}"]`, stop);
      if (!line) continue;
      line.dataset.kept = data.value;
      delete line.dataset.again;
      mark($("[data-given-state]", line), said(line, data.value));
    }
    $$("[data-stop]").forEach(arrange);
    count();
    clearTimeout(later);
    if (waiting.length) later = setTimeout(project, 2000); // until it is sent
  };
  const said = (line, given) => $(`input[name=value][value="${CSS.escape(given)}"]`, line)?.parentElement.textContent.trim() || given;
  const mark = (place, text = "") => {
    const badge = Object.assign(document.createElement("span"), { className: "hq-state is-late", textContent: [text, page.dataset.wordsWaiting].filter(Boolean).join(" · ") });
    place.replaceChildren(badge);
  };

  // scanning
  const scanner = $("[data-round-scan]");
  const digest = async (code) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code)))].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, 16);
  const clean = (text) => text.toUpperCase().replace(/[^0-9A-Z]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  const open = (stop) => {
    $("details", stop).open = true;
    stop.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  };
  const scanned = async (text) => {
    const code = clean(text), key = await digest(code), stop = $$("[data-stop]").find((one) => one.dataset.tags.split(" ").includes(key)), refused = $("[data-scan-refused]", scanner);
    refused.hidden = Boolean(stop);
    if (!stop) { $("span", refused).textContent = page.dataset.wordsUnknown; return; }
    scanner.hidden = true;
    open(stop);
    const form = $("[data-visit]", stop);
    if (!form || form.hidden) return;
    form.elements.tag.value = code;
    form.requestSubmit();
  };
  const fromAddress = () => {
    const code = new URLSearchParams(location.hash.slice(1)).get("tag");
    if (!code || !scanner) return;
    history.replaceState(null, "", location.pathname);
    const start = $("[data-scan-start]", scanner), video = $("video", scanner);
    if (start) start.hidden = false;
    if (video) video.hidden = true;
    scanned(code);
  };
  if (page) {
    addEventListener("hashchange", fromAddress);
    $("[data-scan-open]")?.addEventListener("click", () => {
      scanner.hidden = false;
      scanner.scrollIntoView({ block: "center" });
      const start = $("[data-scan-start]", scanner);
      if (start && !start.hidden) start.click(); else $("input", scanner).focus();
    });
    $("[data-typed]")?.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      const input = $("input", event.target);
      scanned(input.value);
      input.value = "";
    }, true);
    document.addEventListener("htmx:afterSettle", () => {
      const stop = $("[data-fresh]");
      if (!stop) return;
      stop.removeAttribute("data-fresh");
      arrange(stop);
      count();
      if (stop.dataset.visited && !Number(stop.dataset.open) && !$(".hq-note.is-danger", stop)) {
        $("details", stop).open = false;
        const there = next(stop);
        if (there) open(there);
      } else open(stop);
    });
    addEventListener("outbox", project);
    $$("[data-stop]").forEach(arrange);
    count();
    fromAddress();
    setTimeout(project, 400);
  }
  $$("[data-question]").forEach(judge);
})();
