// Floor plans: a click on the plan fills in where the pin goes and shows it; a click on the form's figures works without.
houqin.floor = (root) => {
  for (const box of houqin.within(root, "[data-floor]")) {
    if (box.dataset.ready) continue;
    box.dataset.ready = "1";
    const svg = box.querySelector("svg");
    const [x, y] = box.dataset.floor.split(",").map((id) => document.querySelector(id));
    const mark = box.querySelector(".hq-pin-new");
    const show = () => {
      if (!mark || x.value === "" || y.value === "") return;
      mark.setAttribute("cx", (x.value / 100) * svg.viewBox.baseVal.width);
      mark.setAttribute("cy", (y.value / 100) * svg.viewBox.baseVal.height);
    };
    svg.addEventListener("click", (event) => {
      const frame = svg.getBoundingClientRect();
      x.value = (((event.clientX - frame.left) / frame.width) * 100).toFixed(2);
      y.value = (((event.clientY - frame.top) / frame.height) * 100).toFixed(2);
      show();
    });
    for (const field of [x, y]) field.addEventListener("input", show);
    show();
  }
};
