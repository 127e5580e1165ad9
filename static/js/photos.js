// Photos: preview, made smaller in the browser before they travel, removable; the file input keeps doing the sending.
houqin.photos = (root) => {
  const { within, words, say } = houqin;
  const LONGEST = 2048;

  const smaller = async (file) => {
    if (!file.type.startsWith("image/")) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      if (scale === 1 && file.type === "image/jpeg" && file.size < 1.5e6) return file;
      const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
      const paper = canvas.getContext("2d");
      paper.fillStyle = "#fff"; // a JPEG has no transparency
      paper.fillRect(0, 0, canvas.width, canvas.height);
      paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.85); });
      return blob ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
    } catch { return file; } // the server re-encodes and refuses by itself
  };

  for (const input of within(root, "input[data-photos]")) {
    if (input.dataset.ready) continue;
    input.dataset.ready = "1";
    const most = Number(input.dataset.photos) || 5;
    const tile = input.closest(".hq-photo-add"); // the dashed frame of a strip: photos line up before it
    const strip = tile?.parentElement ?? Object.assign(document.createElement("div"), { className: "hq-photos" });
    if (!tile) {
      strip.setAttribute("role", "group");
      strip.setAttribute("aria-label", input.labels[0]?.textContent.trim() || "");
      input.after(strip);
    }
    const note = Object.assign(document.createElement("p"), { className: "hq-error", hidden: true });
    strip.after(note);
    let files = [];

    const show = () => {
      const carrier = new DataTransfer();
      files.forEach((file) => carrier.items.add(file));
      input.files = carrier.files;
      strip.replaceChildren(...files.map((file, n) => {
        const figure = document.createElement("figure"), url = URL.createObjectURL(file);
        const picture = Object.assign(document.createElement("img"), { className: "hq-photo", src: url, alt: file.name, width: 320, height: 240 });
        picture.addEventListener("load", () => URL.revokeObjectURL(url));
        const drop = Object.assign(document.createElement("button"), { type: "button", className: "hq-photo-drop", textContent: "×" });
        drop.setAttribute("aria-label", words("photoDrop", { n: n + 1 }));
        drop.addEventListener("click", () => { files.splice(n, 1); show(); input.focus(); });
        figure.append(picture, drop);
        return figure;
      }), ...(tile ? [tile] : []));
      if (tile) tile.hidden = files.length >= most;
    };
    input.addEventListener("emptied", () => { files = []; show(); }); // kept on the phone
    input.addEventListener("change", async () => {
      const chosen = [...input.files];
      const room = most - files.length;
      note.hidden = chosen.length <= room;
      note.textContent = note.hidden ? "" : words("photoMost", { n: most });
      say(note.textContent);
      files = files.concat(await Promise.all(chosen.slice(0, room).map(smaller)));
      show();
    });
  }
};
