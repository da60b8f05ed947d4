/**
 * `data-check-all="batch"` on a hidden label with a box ticks all boxes of that name in its form.
 *
 * Without a script it stays hidden: it would do nothing.
 */
export function tickAllAtOnce(): void {
  for (const label of document.querySelectorAll<HTMLElement>("label[data-check-all]")) {
    const all = label.querySelector("input");
    const form = label.closest("form");
    if (!all || !form) continue;
    const boxes = () =>
      form.querySelectorAll<HTMLInputElement>(
        `input[type=checkbox][name="${label.dataset.checkAll}"]`,
      );
    label.hidden = false;
    all.addEventListener("change", () => {
      for (const box of boxes()) box.checked = all.checked;
    });
    form.addEventListener("change", (event) => {
      if (event.target === all) return;
      all.checked = boxes().length > 0 && [...boxes()].every((box) => box.checked);
    });
  }
}
