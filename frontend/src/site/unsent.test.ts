// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { KEEP } from "../desk/core/batch.fixture";
import { newClientKey, Outbox } from "../desk/sending/outbox";
import { find, page } from "./page.fixture";
import { startSendingWhatIsLeft } from "./unsent";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  localStorage.clear();
});

describe("votes that a closed tab left behind", () => {
  function leave(userId: string, itemId: number): void {
    const pending = { itemId, vote: KEEP, clientKey: newClientKey(), at: itemId };
    new Outbox(localStorage, userId, "3").put(pending);
  }

  function answers(status: number, body: object) {
    const fetch = vi.fn(async () => Response.json(body, { status }));
    vi.stubGlobal("fetch", fetch);
    return fetch;
  }

  test("rulings are named, with the way to the page that sends them", async () => {
    const asked = answers(200, {});
    const ruling = { itemId: 5, vote: KEEP, clientKey: newClientKey(), at: 1 };
    new Outbox(localStorage, "7", "3", "ruling").put({
      ...ruling,
      page: "/p/fans/s/ada/contested/",
    });
    new Outbox(localStorage, "8", "3", "ruling").put(ruling);
    page('<div class="toasts"></div>');
    document.body.dataset.userId = "7";
    startSendingWhatIsLeft();
    await vi.waitFor(() => expect(find(".toasts").textContent).toContain("not stored yet: 1"));
    expect(find<HTMLAnchorElement>(".toasts a").getAttribute("href")).toBe(
      "/p/fans/s/ada/contested/",
    );
    page('<div class="toasts"></div><div id="ruling-room"></div>');
    document.body.dataset.userId = "7";
    startSendingWhatIsLeft();
    await vi.dynamicImportSettled();
    expect(find(".toasts").textContent).toBe("");
    expect(asked).not.toHaveBeenCalled();
  });

  const stored = { item_id: 11, verdict: "keep", reasons: [], cast_at: "2026-01-01T00:00:00Z" };

  test("are sent from whatever page the same person opens next", async () => {
    const asked = answers(200, stored);
    leave("7", 11);
    leave("7", 12);
    leave("8", 13);
    page('<div class="toasts"></div>');
    document.body.dataset.userId = "7";
    startSendingWhatIsLeft();
    await vi.waitFor(() => expect(find(".toasts").textContent).toContain("stored now: 2"));
    expect(asked).toHaveBeenCalledTimes(2);
    expect(new Outbox(localStorage, "8", "3").all()).toHaveLength(1);
  });

  test("and the person hears when they come too late", async () => {
    answers(409, { code: "lease_expired", message: "", context: {} });
    leave("7", 11);
    page('<div class="toasts"></div>');
    document.body.dataset.userId = "7";
    startSendingWhatIsLeft();
    await vi.waitFor(() => expect(find(".toasts").textContent).toContain("lease"));
    expect(find(".notice--stop").textContent).toContain("not accepted: 1");
    expect(new Outbox(localStorage, "7", "3").refused()).toHaveLength(1);
  });

  test("votes refused for want of a lease are sent once the batch is given again", async () => {
    const said = { verdict: "reject", reasons: ["blurry"] };
    const items = [
      { id: 11, my_vote: null },
      { id: 12, my_vote: said },
    ];
    const asked = vi.fn(async (url: string) =>
      Response.json(url.endsWith("/desk") ? { items } : stored),
    );
    vi.stubGlobal("fetch", asked);
    leave("7", 11);
    leave("7", 12);
    const outbox = new Outbox(localStorage, "7", "3");
    for (const pending of outbox.all()) outbox.refuse(pending, "not_assigned");
    page('<div class="toasts"></div>');
    document.body.dataset.userId = "7";
    startSendingWhatIsLeft();
    await vi.waitFor(() => expect(find(".toasts").textContent).toContain("stored now: 1"));
    // On 12 something was said elsewhere meanwhile: which of the two holds, the person decides.
    expect(outbox.refused().map(({ itemId }) => itemId)).toEqual([12]);
    expect(find(".notice--stop").textContent).toContain("not accepted: 1");
    expect(asked).toHaveBeenCalledTimes(2);
  });

  test("what was refused is shown on every page until the person decides", async () => {
    const asked = answers(200, stored);
    leave("7", 11);
    const outbox = new Outbox(localStorage, "7", "3");
    for (const pending of outbox.all()) outbox.refuse(pending, "enough_votes");
    const open = () => {
      page('<div class="toasts"></div>');
      document.body.dataset.userId = "7";
      startSendingWhatIsLeft();
      return vi.waitFor(() => find(".notice--stop"));
    };
    await open();
    await open();
    expect(asked).not.toHaveBeenCalled();
    vi.stubGlobal("confirm", () => true);
    find(".notice--stop button:last-of-type").click();
    expect(document.querySelector(".notice--stop")).toBeNull();
    expect(outbox.all()).toEqual([]);
    leave("7", 12);
    for (const pending of outbox.all()) outbox.refuse(pending, "enough_votes");
    await open();
    find(".notice--stop button").click();
    await vi.waitFor(() => expect(find(".toasts").textContent).toContain("stored now: 1"));
    expect(outbox.all()).toEqual([]);
  });

  test("nobody else's votes are touched, and the desk sends its own", async () => {
    const asked = answers(200, stored);
    leave("7", 11);
    page("<p>signed out</p>");
    delete document.body.dataset.userId;
    startSendingWhatIsLeft();
    page('<div id="desk"></div>');
    document.body.dataset.userId = "7";
    startSendingWhatIsLeft();
    await vi.dynamicImportSettled();
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).not.toHaveBeenCalled();
  });
});
