// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startLiveSections } from "./live";
import { find, page } from "./page.fixture";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
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

  test("renews with it what it names, but not where somebody is typing", async () => {
    const whole = (n: number) =>
      `<section id="work" data-live="2" data-live-with="list field gone">${n} %</section>` +
      `<ul id="list">${n}</ul><p id="field">${n}<input></p><b id="other">${n}</b>`;
    server(whole(1), whole(2));
    page(whole(0));
    find<HTMLInputElement>("#field input").focus();
    startLiveSections();
    await vi.advanceTimersByTimeAsync(2100);
    const shown = ["#work", "#list", "#field", "#other"].map((id) => find(id).textContent);
    expect(shown).toEqual(["1 %", "1", "0", "0"]);
    await vi.advanceTimersByTimeAsync(2100);
    expect(find("#list").textContent).toBe("2");
  });

  test("a page that is as it was is left alone, and asked for at the same pace", async () => {
    page(section("0 %"));
    const asked = vi.fn(async (_url: string, init: RequestInit) => {
      const known = new Headers(init.headers).get("If-None-Match");
      if (known === 'W/"1"') return new Response(null, { status: 304 });
      return new Response(section("50 %"), { headers: { ETag: 'W/"1"' } });
    });
    vi.stubGlobal("fetch", asked);
    startLiveSections();
    await vi.advanceTimersByTimeAsync(2100);
    const renewed = find("#work");
    await vi.advanceTimersByTimeAsync(6000);
    expect(asked).toHaveBeenCalledTimes(4);
    expect(find("#work")).toBe(renewed);
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
