import "./practice.css";
import { storageOrNull } from "../desk/sending/outbox";
import { listenToKeys } from "../shared/listen";
import { OwnKeys } from "../shared/own-keys";
import { letEnlarge } from "./closer";
import { pageActions } from "./keys";

const { userId = "" } = document.body.dataset;
const keys = new OwnKeys(
  storageOrNull(() => localStorage),
  userId,
);
const actions = pageActions(document, keys);
listenToKeys({ actions: () => actions });
for (const stage of document.querySelectorAll<HTMLElement>("[data-stage]")) letEnlarge(stage);
