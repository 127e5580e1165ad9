// The record page: @ in a comment offers the people who may see the record; papers dropped on the files go into the field.
houqin.record = (root) => {
  const { $, $$, within, say } = houqin;

  for (const field of within(root, "textarea[data-mention]")) {
    if (field.dataset.ready) continue;
    field.dataset.ready = "1";
    const form = field.form, list = document.createElement("ul");
    list.className = "hq-talk-list";
    list.id = `${field.id}-people`;
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", form.querySelector("label")?.textContent.trim() || "");
    field.after(list);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    let asked = 0, at = -1, timer;
    const picked = new Map(); // id -> name
    const options = () => $$("li", list);
    const close = () => { list.hidden = true; list.replaceChildren(); at = -1; field.removeAttribute("aria-activedescendant"); };
    const word = () => /(?:^|[^\w.@])@([^\s@]{0,20})$/.exec(field.value.slice(0, field.selectionStart))?.[1];
    const mark = (to) => {
      at = to;
      options().forEach((one, n) => one.setAttribute("aria-selected", String(n === at)));
      if (options()[at]) field.setAttribute("aria-activedescendant", options()[at].id);
    };
    const take = (one) => {
      const end = field.selectionStart, start = end - (word() ?? "").length;
      field.setRangeText(`${one.dataset.name} `, start, end, "end");
      picked.set(one.dataset.id, one.dataset.name);
      close();
      field.focus();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const look = async (text) => {
      const mine = ++asked, url = new URL(field.dataset.mention, location.href);
      url.searchParams.set("q", text);
      const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
      if (!answer?.ok || mine !== asked || word() === undefined) return;
      const { results } = await answer.json();
      list.replaceChildren(...results.map((row, n) => {
        const one = Object.assign(document.createElement("li"), { id: `${list.id}-${n}` });
        one.setAttribute("role", "option");
        Object.assign(one.dataset, { id: row.id, name: row.text });
        one.append(row.text, Object.assign(document.createElement("small"), { textContent: row.hint }));
        one.addEventListener("mousedown", (event) => { event.preventDefault(); take(one); });
        return one;
      }));
      list.hidden = !results.length;
      if (results.length) mark(0);
      say(results.map((row) => row.text).join(", "));
    };
    field.addEventListener("input", () => {
      clearTimeout(timer);
      const text = word();
      if (text === undefined) { asked++; close(); } else timer = setTimeout(() => look(text), 200);
    });
    field.addEventListener("keydown", (event) => {
      if (list.hidden) {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
        return;
      }
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) { event.preventDefault(); mark((at + step + options().length) % options().length); }
      else if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); take(options()[at]); }
      else if (event.key === "Escape") { event.stopPropagation(); close(); }
    });
    field.addEventListener("blur", () => setTimeout(close, 150));
    const carry = () => {
      $$("input[name=mention]", form).forEach((input) => input.remove());
      for (const [id, name] of picked) {
        if (field.value.includes(`@${name}`)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "mention", value: id }));
      }
    };
    form.addEventListener("submit", carry, true);
    form.addEventListener("htmx:afterRequest", ({ detail }) => {
      if (detail.elt !== form || !detail.successful) return;
      form.reset();
      picked.clear();
      $(".hq-answer", form)?.replaceChildren();
      form.elements.client_uid.value = houqin.uuid();
      field.focus();
    });
  }

  for (const card of within(root, "[data-drop]")) {
    if (card.dataset.ready) continue;
    card.dataset.ready = "1";
    const input = $("input[type=file]", card), more = $("details", card);
    const holds = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
    let depth = 0;
    card.addEventListener("dragenter", (event) => { if (holds(event)) { depth++; card.classList.add("is-over"); } });
    card.addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); if (!depth) card.classList.remove("is-over"); });
    card.addEventListener("dragover", (event) => { if (holds(event)) event.preventDefault(); });
    card.addEventListener("drop", (event) => {
      if (!holds(event)) return;
      event.preventDefault();
      depth = 0;
      card.classList.remove("is-over");
      more.open = true;
      input.files = event.dataTransfer.files;
      say([...input.files].map((file) => file.name).join(", "));
      $("select", card)?.focus();
    });
  }
};
