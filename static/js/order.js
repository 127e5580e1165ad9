// The order on the phone: working time ticks by the server's clock, and "take the photo" opens the camera.
(() => {
  "use strict";
  const pad = (n) => String(Math.floor(n)).padStart(2, "0");
  for (const timer of document.querySelectorAll("[data-timer]")) {
    const began = Date.parse(timer.dataset.timer), ahead = Date.now() - Date.parse(timer.dataset.now);
    const tick = () => {
      const seconds = Math.max(0, (Date.now() - ahead - began) / 1000);
      timer.textContent = `${pad(seconds / 3600)}:${pad((seconds / 60) % 60)}:${pad(seconds % 60)}`;
    };
    tick();
    setInterval(tick, 1000);
  }
  document.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-pick]");
    const input = pick && document.getElementById(pick.dataset.pick);
    if (!input) return;
    event.preventDefault();
    input.scrollIntoView({ block: "center" });
    input.click();
  });
})();
