import "./upload.css";
import { render } from "preact";
import { csrfToken, request } from "../shared/api";
import { pageLanguage } from "../shared/language";
import { messagesFor } from "../shared/messages";
import { UPLOAD_TEXTS } from "../shared/texts/upload";
import { ImportLater } from "./import-later";
import { Panel } from "./panel";
import { type Opened, Sender } from "./sender";

function start(root: HTMLElement, form: HTMLFormElement): void {
  const subject = root.dataset.subject ?? "";
  const sender = new Sender({
    open: (numBytes) =>
      request<Opened>(`/api/v1/subjects/${subject}/uploads`, {
        method: "POST",
        body: { num_bytes: numBytes },
      }),
    headers: () => ({
      "X-CSRFToken": csrfToken(document.cookie),
      "X-Person": document.body.dataset.userId ?? "",
    }),
  });
  const token = form.elements.namedItem("upload") as HTMLInputElement;
  sender.token.subscribe((value) => {
    if (value) token.value = value;
  });
  const importing = new ImportLater(form, sender);
  const { whole = "0", files = "0" } = root.dataset;
  const leftOver = token.value ? { whole: Number(whole), files: Number(files) } : null;
  async function discard(): Promise<void> {
    await request(`/api/v1/uploads/${token.value}`, { method: "DELETE" });
    location.reload();
  }
  // The fields for browsers without scripts: what is in them would be sent a second time.
  root.replaceChildren();
  render(
    <Panel
      sender={sender}
      importing={importing}
      messages={messagesFor(pageLanguage(), UPLOAD_TEXTS)}
      leftOver={leftOver}
      onDiscard={discard}
    />,
    root,
  );
  // What is dropped beside the place for it would be opened instead of this page.
  for (const kind of ["dragover", "drop"])
    addEventListener(kind, (event) => event.preventDefault());
  addEventListener("beforeunload", (event) => {
    if (sender.going.value === "sending" || sender.going.value === "broken") event.preventDefault();
  });
}

const root = document.getElementById("upload");
const form = root?.closest("form");
if (root && form) start(root, form);
