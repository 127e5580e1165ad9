// The queue by keyboard: A accepts and assigns to the first suggested, J joins, S splits, R rejects; arrows walk the lines.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog[open], [contenteditable]")) return;
  const button = document.querySelector(`#picked [data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (button) {
    event.preventDefault();
    button.click();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], lines = [...document.querySelectorAll("[data-queue-line]")];
  const here = lines.indexOf(document.activeElement);
  if (step && here >= 0 && lines[here + step]) {
    event.preventDefault();
    lines[here + step].focus();
  }
});
