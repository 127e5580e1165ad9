// The board by keyboard: arrows go between cards and lanes, M opens the moves of a card. On a narrow screen the tabs follow the lane that is shown.
houqin.board = (() => {
  let ready = false;
  const tabs = (board) => {
    const links = houqin.$$(".hq-lane-tabs a");
    const seen = new IntersectionObserver((found) => {
      for (const { isIntersecting, target } of found) {
        if (!isIntersecting) continue;
        for (const link of links) {
          if (link.hash === `#${target.id}`) { link.setAttribute("aria-current", "true"); link.scrollIntoView({ block: "nearest", inline: "nearest" }); }
          else link.removeAttribute("aria-current");
        }
      }
    }, { root: board, threshold: 0.6 });
    if (getComputedStyle(board).scrollSnapType !== "none") houqin.$$(".hq-lane", board).forEach((lane) => seen.observe(lane));
    for (const link of links) {
      link.addEventListener("click", (event) => {
        const lane = document.getElementById(link.hash.slice(1));
        if (!lane) return;
        event.preventDefault();
        board.scrollTo({ left: lane.offsetLeft - board.offsetLeft });
        links.forEach((one) => one.toggleAttribute("aria-current", false));
        link.setAttribute("aria-current", "true");
      });
    }
  };
  return (root) => {
    houqin.within(root, ".hq-board").forEach(tabs);
    if (ready) return;
    ready = true;
    document.addEventListener("keydown", (event) => {
      const card = event.target.closest?.(".hq-board .hq-tick");
      if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
      const lanes = houqin.$$(".hq-lane", card.closest(".hq-board")).map((lane) => houqin.$$(".hq-tick", lane));
      const lane = lanes.findIndex((cards) => cards.includes(card)), row = lanes[lane].indexOf(card);
      const beside = (step) => {
        for (let n = lane + step; lanes[n]; n += step) if (lanes[n].length) return lanes[n][Math.min(row, lanes[n].length - 1)];
      };
      const next = { ArrowDown: () => lanes[lane][row + 1], ArrowUp: () => lanes[lane][row - 1], ArrowRight: () => beside(1), ArrowLeft: () => beside(-1) }[event.key];
      if (next) {
        event.preventDefault();
        next()?.focus();
      } else if (event.key.toLowerCase() === "m" && card.dataset.moves) {
        event.preventDefault();
        htmx.ajax("GET", card.dataset.moves, { target: "#dialog-body", source: card });
      }
    });
  };
})();
