// The place tree: dragging a place onto another asks there whether it shall move; without it the page of the place has the same button.
houqin.tree = (root) => {
  for (const box of houqin.within(root, "[data-tree]")) {
    if (box.dataset.ready) continue;
    box.dataset.ready = "1";
    let moved = null;
    const row = (event) => event.target.closest("[data-place]");
    const light = (found) => { for (const one of box.querySelectorAll(".is-target")) one.classList.remove("is-target"); found?.classList.add("is-target"); };
    box.addEventListener("dragstart", (event) => {
      moved = row(event);
      if (moved) { event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", moved.dataset.place); }
    });
    box.addEventListener("dragover", (event) => {
      const found = row(event);
      if (!moved || !found || found === moved || moved.parentElement.contains(found)) return light(null);
      event.preventDefault();
      light(found);
    });
    box.addEventListener("drop", (event) => {
      const found = row(event);
      light(null);
      if (!moved || !found || found === moved) return;
      event.preventDefault();
      location.href = box.dataset.tree.replace("/0/", `/${moved.dataset.place}/`) + `?parent=${found.dataset.place}`;
    });
    box.addEventListener("dragend", () => { moved = null; light(null); });
  }
};
