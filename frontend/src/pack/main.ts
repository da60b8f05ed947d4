import { joined, partsOf } from "./parts";

/** Sends what matters of the zip; all of it where the browser cannot look into it. */
function sendInParts(form: HTMLFormElement): void {
  const input = form.elements.namedItem("pack") as HTMLInputElement;
  const layout = form.elements.namedItem("layout") as HTMLInputElement;
  form.addEventListener("submit", async (event) => {
    const zip = input.files?.[0];
    if (!zip || layout.value) return;
    event.preventDefault();
    form.setAttribute("aria-busy", "true");
    const parts = await partsOf(zip).catch(() => null);
    if (parts) {
      const sent = new DataTransfer();
      sent.items.add(new File([joined(zip, parts)], zip.name, { type: "application/zip" }));
      input.files = sent.files;
      layout.value = JSON.stringify([zip.size, parts]);
    }
    form.submit();
  });
  // Whoever comes back by the browser's button chooses anew.
  window.addEventListener("pageshow", () => {
    layout.value = "";
    form.removeAttribute("aria-busy");
  });
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-pack]")) sendInParts(form);
