import { Along } from "./along";

/** Of a browser that cannot take anything along. */
export function atHome(storage: Storage | null = null): Along {
  return new Along({
    ...{ userId: "7", batchId: "3", url: "/desk/", isCopy: false, worker: null },
    storage,
    load: () => import("../kept/kept"),
  });
}
