// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { KEEP } from "../desk/core/batch.fixture";
import { newClientKey, Outbox } from "../desk/sending/outbox";
import { confirmBeforeSubmit, submitOnlyOnce } from "./forms";
import { startLiveSections } from "./live";
import { closeMenusOnLeave, openDialogsOnClick } from "./parts";
import { switchThemeOnClick } from "./theme";
import { startSendingWhatIsLeft } from "./unsent";

// Listeners sit on the document, once for all tests, as they do on a page.
confirmBeforeSubmit();
submitOnlyOnce();
closeMenusOnLeave();
openDialogsOnClick();
switchThemeOnClick();

function page(html: string): void {
  document.documentElement.lang = "en";
  document.body.innerHTML = html;
}

function find<Found extends HTMLElement>(selector: string): Found {
  const found = document.querySelector<Found>(selector);
  if (!found) throw new Error(`nothing here matches ${selector}`);
  return found;
}

/** Sends the form as a press on its button would; says whether the browser would go on. */
function submit(selector: string): boolean {
  const submitter = find<HTMLButtonElement>(`${selector} button`);
  return find(selector).dispatchEvent(
    new SubmitEvent("submit", { bubbles: true, cancelable: true, submitter }),
  );
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  localStorage.clear();
});

describe("forms", () => {
  test("a form with a question waits for the answer", () => {
    page('<form id="f" data-confirm="Withdraw it?"><button>Withdraw</button></form>');
    const sent = vi.fn();
    find<HTMLFormElement>("#f").requestSubmit = sent;
    expect(submit("#f")).toBe(false);
    const dialog = find<HTMLDialogElement>("dialog");
    expect(dialog.textContent).toContain("Withdraw it?");
    expect(sent).not.toHaveBeenCalled();
    dialog.close("yes");
    expect(sent).toHaveBeenCalledOnce();
    expect(document.querySelector("dialog")).toBeNull();
  });

  test("a no sends nothing, and the next press asks again", () => {
    page('<form id="f" data-confirm="Withdraw it?"><button>Withdraw</button></form>');
    submit("#f");
    find<HTMLDialogElement>("dialog").close();
    expect(submit("#f")).toBe(false);
    expect(document.querySelectorAll("dialog")).toHaveLength(1);
  });

  test("a second press sends nothing twice, until it has had its time", () => {
    page('<form id="f"><button>Save</button></form>');
    expect(submit("#f")).toBe(true);
    expect(find("#f button").getAttribute("aria-busy")).toBe("true");
    expect(submit("#f")).toBe(false);
    vi.advanceTimersByTime(9000);
    expect(find("#f button").hasAttribute("aria-busy")).toBe(false);
    expect(submit("#f")).toBe(true);
  });
});

describe("work that goes on in the background", () => {
  const section = (text: string, live = true) =>
    `<section id="work"${live ? ' data-live="2"' : ""}>${text}</section>`;

  function server(...answers: (string | Error)[]) {
    const fetch = vi.fn(async () => {
      const answer = answers.shift() ?? "";
      if (answer instanceof Error) throw answer;
      return new Response(`<html><body>${answer}</body></html>`);
    });
    vi.stubGlobal("fetch", fetch);
    return fetch;
  }

  test("is renewed on the page until the server says it is done", async () => {
    const asked = server(section("50 %"), section("done", false));
    page(section("0 %"));
    startLiveSections();
    await vi.advanceTimersByTimeAsync(2100);
    expect(find("#work").textContent).toBe("50 %");
    await vi.advanceTimersByTimeAsync(2100);
    expect(find("#work").textContent).toBe("done");
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked).toHaveBeenCalledTimes(2);
  });

  test("errors make it ask less often, and it recovers", async () => {
    const asked = server(new Error("offline"), new Error("offline"), section("90 %", false));
    page(section("0 %"));
    startLiveSections();
    await vi.advanceTimersByTimeAsync(7000);
    expect(asked).toHaveBeenCalledTimes(2);
    expect(find("#work").textContent).toBe("0 %");
    await vi.advanceTimersByTimeAsync(8000);
    expect(find("#work").textContent).toBe("90 %");
  });

  test("it does not pull away what somebody is using", async () => {
    const asked = server(section("new", false));
    page(section('<input id="name">'));
    find("#name").focus();
    startLiveSections();
    await vi.advanceTimersByTimeAsync(6000);
    expect(asked).not.toHaveBeenCalled();
    find("#name").blur();
    await vi.advanceTimersByTimeAsync(2100);
    expect(find("#work").textContent).toBe("new");
  });
});

describe("small things", () => {
  test("the theme switches to the other one and back to the system's", () => {
    page("<button data-theme-switch>Theme</button>");
    vi.stubGlobal("matchMedia", () => ({ matches: false }));
    find("button").click();
    expect(document.documentElement.dataset.theme).toBe("dark");
    expect(document.cookie).toContain("theme=dark");
    find("button").click();
    expect(document.documentElement.dataset.theme).toBeUndefined();
    expect(document.cookie).not.toContain("theme=dark");
  });

  test("a menu closes on a click elsewhere and on Escape", () => {
    page('<details class="menu" open><summary>Me</summary></details><p>else</p>');
    find("p").click();
    expect(find<HTMLDetailsElement>("details").open).toBe(false);
    find<HTMLDetailsElement>("details").open = true;
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    expect(find<HTMLDetailsElement>("details").open).toBe(false);
  });

  test("a button opens the dialog that it names", () => {
    page('<button data-dialog="d">More</button><dialog id="d"><b data-dialog-close>x</b></dialog>');
    find("button").click();
    expect(find<HTMLDialogElement>("#d").open).toBe(true);
    find("[data-dialog-close]").click();
    expect(find<HTMLDialogElement>("#d").open).toBe(false);
  });
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
