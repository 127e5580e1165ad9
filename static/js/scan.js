// Scanner: <div data-scan="/q/{code}/"> with a form for the typed code; the camera where the browser can read codes.
houqin.scan = (root) => {
  const { $, within, words, say } = houqin;
  for (const box of within(root, "[data-scan]")) {
    if (box.dataset.ready) continue;
    box.dataset.ready = "1";
    const video = $("video", box), start = $("[data-scan-start]", box), line = $("[data-scan-line]", box), input = $("input", box);
    const tell = (text) => { if (line) line.textContent = text; say(text); };
    const open = (text) => { location.assign(box.dataset.scan.replace("{code}", encodeURIComponent(text))); };
    const code = (text) => {
      try { const url = new URL(text); return url.origin === location.origin ? url.pathname.split("/").filter(Boolean).at(-1) : null; } catch { return text.trim(); }
    };
    const typed = () => { tell(words("cameraOff")); video.hidden = true; if (start && !("NDEFReader" in window)) start.hidden = true; input?.focus(); };
    // A chip: its own address leads on like a symbol; one without any is known by its serial number.
    const chips = async () => {
      if (!("NDEFReader" in window)) return;
      const chip = new NDEFReader();
      try { await chip.scan(); } catch { return; }
      chip.onreading = ({ message, serialNumber }) => {
        const url = message.records.find((record) => record.recordType === "url");
        const value = (url && code(new TextDecoder().decode(url.data))) || serialNumber.replaceAll(":", "");
        if (value) { navigator.vibrate?.(60); open(value); }
      };
    };
    const run = async () => {
      chips();
      if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return typed();
      let stream;
      try { stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }); } catch { return typed(); }
      const can = await BarcodeDetector.getSupportedFormats();
      const reader = new BarcodeDetector({ formats: ["qr_code", "code_128", "ean_13", "data_matrix"].filter((one) => can.includes(one)) });
      video.srcObject = stream;
      video.hidden = false;
      if (start) start.hidden = true;
      await video.play();
      const stop = () => stream.getTracks().forEach((track) => track.stop());
      addEventListener("pagehide", stop, { once: true });
      const look = async () => {
        const [found] = await reader.detect(video).catch(() => []);
        const value = found && code(found.rawValue);
        if (value) { stop(); navigator.vibrate?.(60); return open(value); }
        if (stream.active) setTimeout(look, 200);
      };
      look();
    };
    start?.addEventListener("click", run);
    if (!("BarcodeDetector" in window)) typed();
  }
};
