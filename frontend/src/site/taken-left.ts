/** Does what `taken.ts` has found to do. */
import { request } from "../shared/api";

/** Another person's goes at once; one's own when the server says that one may not look any more. */
export async function leaveWhatHasEnded(
  marks: readonly string[],
  userId: string | undefined,
): Promise<void> {
  const { leaveHere, leaveStrays } = await import("../desk/kept/kept");
  await Promise.all(
    marks.map(async (mark) => {
      const [owner = "", batchId = ""] = mark.split(".").slice(2);
      if (owner === userId) {
        const answer = await request(`/api/v1/batches/${batchId}/lease`);
        if (answer.kind !== "refused") return;
      }
      localStorage.removeItem(mark);
      await leaveHere({ userId: owner, batchId });
    }),
  );
  await leaveStrays().catch(() => undefined);
}
