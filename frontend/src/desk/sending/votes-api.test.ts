import { describe, expect, test } from "vitest";
import type { StoredVote } from "../core/contract";
import { outcomeOf } from "./votes-api";

describe("what an answer means for a vote", () => {
  const refused = (status: number, code: string) =>
    outcomeOf({ kind: "refused", status, code, message: "", context: {} });

  test("a refusal of the vote is final", () => {
    expect(refused(409, "enough_votes")).toEqual({ kind: "refused", code: "enough_votes" });
    expect(refused(404, "not_found")).toEqual({ kind: "refused", code: "not_found" });
    expect(refused(403, "not_assigned")).toEqual({ kind: "refused", code: "not_assigned" });
  });

  test("an answer says what is stored, which after a taken-back vote is nothing", () => {
    const ok = (data?: StoredVote) => outcomeOf({ kind: "ok", status: 200, data });
    const stored: StoredVote = { item_id: 1, verdict: "keep", reasons: [], cast_at: "2026-01-01" };
    expect(ok(stored)).toEqual({ kind: "accepted", stored: { verdict: "keep", reasons: [] } });
    expect(ok({ ...stored, verdict: null })).toEqual({ kind: "accepted", stored: null });
    expect(ok()).toEqual({ kind: "accepted", stored: null });
  });

  test("a refusal of the sign-in keeps the vote", () => {
    expect(refused(401, "not_signed_in")).toEqual({ kind: "signed_out" });
    expect(refused(403, "not_authenticated")).toEqual({ kind: "signed_out" });
    expect(refused(403, "permission_denied")).toEqual({ kind: "failed", why: "server" });
  });
});
