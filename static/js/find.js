// The search box: suggestions while typing, arrows, Enter, Esc, and what was looked for last on this device. Without it the form still searches.
(() => {
  "use strict";
  const { within, say, words } = window.houqin;
  const WAIT = 150, KEPT = 6;
  const key = (box) => `hq-searches:${box.dataset.person}`;
  const recent = (box) => { try { return JSON.parse(localStorage.getItem(key(box))) || []; } catch { return []; } };
  const keep = (box, text) => { try { localStorage.setItem(key(box), JSON.stringify([text, ...recent(box).filter((old) => old !== text)].slice(0, KEPT))); } catch { /* storage may be refused */ } };

  const furnish = (box) => {
    if (box.dataset.ready) return;
    box.dataset.ready = "1";
    const form = box.form;
    const list = Object.assign(document.createElement("div"), { className: "hq-options", hidden: true, id: `options-${Math.random().toString(36).slice(2)}` });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", box.getAttribute("aria-label"));
    form.append(list);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) box.setAttribute(name, value);
    let timer, asked, at = -1;
    const options = () => [...list.querySelectorAll("[role=option]")];
    const mark = (place) => {
      const all = options();
      at = all.length ? (place + all.length) % all.length : -1;
      all.forEach((option, n) => option.setAttribute("aria-selected", n === at ? "true" : "false"));
      if (at < 0) box.removeAttribute("aria-activedescendant");
      else { box.setAttribute("aria-activedescendant", all[at].id); all[at].scrollIntoView({ block: "nearest" }); }
    };
    const show = (open) => {
      list.hidden = !open || !options().length;
      box.setAttribute("aria-expanded", String(!list.hidden));
      at = -1;
      box.removeAttribute("aria-activedescendant");
    };
    const memories = () => {
      list.replaceChildren(...recent(box).map((text, n) => {
        const option = Object.assign(document.createElement("a"), { id: `${list.id}-${n}`, tabIndex: -1, href: `${form.action}?q=${encodeURIComponent(text)}`, textContent: text });
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        return option;
      }));
      show(document.activeElement === box);
    };
    const ask = async () => {
      const text = box.value.trim();
      asked?.abort();
      if (!text) return memories();
      asked = new AbortController();
      try {
        const answer = await fetch(`${form.action}?suggest=1&q=${encodeURIComponent(text)}`, { signal: asked.signal, headers: { "HX-Request": "true" } });
        if (!answer.ok) return show(false);
        list.innerHTML = await answer.text();
        options().forEach((option, n) => { option.id = `${list.id}-${n}`; });
        show(document.activeElement === box);
        say(words("found", { n: options().length - 1 }));
      } catch { /* a newer question, or no network: Enter still asks */ }
    };
    box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
    box.addEventListener("focus", () => { if (!box.value.trim()) memories(); });
    box.addEventListener("blur", () => setTimeout(() => { if (!list.contains(document.activeElement)) show(false); }, 120));
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", () => { if (box.value.trim()) keep(box, box.value.trim()); });
    box.addEventListener("keydown", (event) => {
      if (event.isComposing) return; // an input method is choosing Chinese characters
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) { if (options().length) show(true); else ask(); return; }
        mark(event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1);
      } else if (event.key === "Enter" && at >= 0 && !list.hidden) {
        event.preventDefault();
        options()[at].click();
      } else if (event.key === "Escape") {
        if (!list.hidden) { event.preventDefault(); event.stopPropagation(); show(false); } else box.blur();
      }
    });
    form.addEventListener("submit", (event) => {
      const text = box.value.trim();
      if (!text) return event.preventDefault();
      keep(box, text);
    });
  };
  window.houqin.find = (root) => within(root, "input[data-find]").forEach(furnish);
})();
