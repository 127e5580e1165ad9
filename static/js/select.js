// Remote selects: Tom Select over a plain <select data-remote="/…/options/">, asked while typing.
houqin.select = (root) => {
  const { within, words } = houqin;
  for (const select of within(root, "select[data-remote]")) {
    if (select.tomselect) continue;
    const label = document.querySelector(`label[for="${select.id}"]`);
    const name = label?.firstChild?.textContent.trim() || select.getAttribute("aria-label") || "";
    const hints = select.getAttribute("aria-describedby");
    const box = new TomSelect(select, {
      valueField: "id", labelField: "text", searchField: [], maxOptions: 30, preload: "focus", loadThrottle: 250, openOnFocus: true,
      plugins: [], placeholder: select.dataset.placeholder || "",
      shouldLoad: () => true,
      load(query, done) {
        const url = new URL(select.dataset.remote, location.href);
        url.searchParams.set("q", query);
        fetch(url, { headers: { Accept: "application/json" } })
          .then((answer) => (answer.ok ? answer.json() : Promise.reject()))
          .then(({ results }) => { box.clearOptions(); done(results.map((row) => ({ ...row, id: String(row.id) }))); })
          .catch(() => done());
      },
      render: {
        option: (row, escape) => `<div>${escape(row.text)}${row.hint ? `<small>${escape(row.hint)}</small>` : ""}</div>`,
        item: (row, escape) => `<div>${escape(row.text)}</div>`,
        no_results: () => { const none = document.createElement("div"); none.className = "no-results"; none.textContent = words("nothing"); return none; },
        loading: () => null,
      },
      onItemAdd() { this.setTextboxValue(""); },
    });
    // the hidden select keeps a name of its own, and the box is named like the field
    select.setAttribute("aria-label", name);
    select.setAttribute("aria-hidden", "true");
    box.control_input.setAttribute("aria-label", name);
    if (hints) box.control_input.setAttribute("aria-describedby", hints);
    if (select.getAttribute("aria-invalid")) box.control_input.setAttribute("aria-invalid", "true");
    box.dropdown_content.setAttribute("aria-label", name);
    if (select.required || select.multiple) continue;
    const clear = Object.assign(document.createElement("button"), { type: "button", className: "hq-ts-clear", textContent: "×" });
    clear.setAttribute("aria-label", `${words("clear")} ${name}`);
    clear.addEventListener("click", () => { box.clear(); box.focus(); });
    box.wrapper.append(clear);
  }
};
