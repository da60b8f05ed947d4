// @vitest-environment happy-dom
import { afterEach, describe, expect, test, vi } from "vitest";
import type { StoredVote } from "../core/contract";
import { outcomeOf, sendVote } from "./votes-api";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a vote says whose it is, and which picture and manual were on the screen", async () => {
  const fetch = vi.fn(async (_url: string, _given: RequestInit) => Response.json({}));
  vi.stubGlobal("fetch", fetch);
  document.body.dataset.userId = "7";
  const act = { itemId: 11, clientKey: "k", at: 1, picture: "00ff00ff00ff00ff", manual: 2 };
  await sendVote({ ...act, vote: { verdict: "keep", reasons: [] } });
  await sendVote({ ...act, vote: null });
  const [[, cast], [address, taken]] = fetch.mock.calls as [
    [string, RequestInit],
    (typeof fetch.mock.calls)[0],
  ];
  const said = { picture: act.picture, client_key: "k", manual: 2 };
  expect(JSON.parse(String(cast.body))).toMatchObject(said);
  expect(address).toContain(`picture=${act.picture}`);
  for (const { headers } of [cast, taken]) {
    expect((headers as Headers).get("X-Person")).toBe("7");
  }
});

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

  test("somebody else's sign-in keeps the vote for its owner", () => {
    expect(refused(409, "other_person")).toEqual({ kind: "other_person" });
  });

  test("a refusal of the sign-in keeps the vote", () => {
    expect(refused(401, "not_signed_in")).toEqual({ kind: "signed_out" });
    expect(refused(403, "not_authenticated")).toEqual({ kind: "signed_out" });
    expect(refused(403, "permission_denied")).toEqual({ kind: "failed", why: "server" });
  });
});
