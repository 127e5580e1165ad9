// The board by keyboard: arrows go between cards and lanes, M opens the moves of a card.
houqin.board = (() => {
  let ready = false;
  return () => {
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
