// Wallboard: <main class="hq-wall" data-wall="/…/?part=1" data-wall-every="5"> renews itself; its foot [data-wall-foot] turns amber when the data are 30 s old.
houqin.wall = (() => {
  let running = false;
  return () => {
    if (running) return;
    running = true;
    const { $, words, clock } = houqin;
    let fresh = Date.now();
    const renew = async () => {
      const wall = $(".hq-wall[data-wall]");
      try {
        const answer = await fetch(wall.dataset.wall || location.href, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(4000) });
        if (!answer.ok) throw answer.status;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const next = page.querySelector(".hq-wall[data-wall]");
        if (next) { wall.replaceChildren(...next.childNodes); fresh = Date.now(); }
      } catch { /* the foot says how old the data are */ }
      const foot = $("[data-wall-foot]"), stale = Date.now() - fresh > 30000;
      if (foot && stale) { foot.classList.add("hq-stale"); foot.textContent = words("stale", { time: clock(fresh) }); }
      setTimeout(renew, (Number(wall.dataset.wallEvery) || 5) * 1000);
    };
    setTimeout(renew, (Number($(".hq-wall[data-wall]").dataset.wallEvery) || 5) * 1000);
  };
})();
