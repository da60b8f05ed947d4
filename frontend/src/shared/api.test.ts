import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { csrfToken, get, request, retryDelay } from "./api";

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let handle: Handler = (_, response) => response.end();
let address = "";

const server = createServer((incoming, response) => {
  let body = "";
  incoming.on("data", (chunk) => {
    body += chunk;
  });
  incoming.on("end", () => handle(incoming, response, body));
});

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Handler {
  return (_, response) => {
    response.writeHead(status, { "Content-Type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(() => {
  server.close();
});

beforeEach(() => {
  vi.stubGlobal("document", { cookie: "theme=dark; csrftoken=abc%3D123" });
});

describe("a request", () => {
  test("carries its body and the token that proves it is ours", async () => {
    let seen: unknown;
    handle = (incoming, response, body) => {
      const { method, headers } = incoming;
      seen = [method, headers["x-csrftoken"], headers["content-type"], JSON.parse(body)];
      answer(200, { verdict: "keep" })(incoming, response, body);
    };
    const got = await request(address, { method: "PUT", body: { verdict: "keep" } });
    expect(got).toEqual({ kind: "ok", status: 200, data: { verdict: "keep" } });
    expect(seen).toEqual(["PUT", "abc=123", "application/json", { verdict: "keep" }]);
  });

  test("that is answered with nothing is still answered", async () => {
    handle = (_, response) => response.writeHead(204).end();
    expect(await request(address, { method: "DELETE" })).toMatchObject({ kind: "ok", status: 204 });
  });

  test("refused in the API's shape says why", async () => {
    handle = answer(409, { code: "lease_expired", message: "Too late.", context: { batch: 12 } });
    expect(await request(address, { method: "PUT", body: {} })).toEqual({
      kind: "refused",
      status: 409,
      code: "lease_expired",
      message: "Too late.",
      context: { batch: 12 },
    });
  });

  test.each([
    ["a proxy's page", answer(502, "<h1>Bad Gateway</h1>")],
    ["a page where an answer should be", answer(403, "<h1>Forbidden</h1>")],
    ["another shape", answer(400, { detail: "no" })],
    ["a crash in the API's shape", answer(500, { code: "x", message: "", context: {} })],
  ])("%s says nothing of the vote", async (_, handler) => {
    handle = handler;
    expect(await request(address)).toEqual({ kind: "failed", why: "server" });
  });

  test("too many come back with how long to wait", async () => {
    handle = answer(429, { code: "throttled" }, { "Retry-After": "7" });
    expect(await request(address)).toEqual({ kind: "failed", why: "busy", retryAfter: 7000 });
  });

  test("what came too slowly is sent again, though the server says why", async () => {
    handle = answer(408, { code: "too_slow", message: "too slow", context: {} });
    expect(await request(address)).toEqual({ kind: "failed", why: "busy" });
  });

  test("to nobody, redirected or unanswered is as good as offline", async () => {
    const offline = { kind: "failed", why: "offline" };
    expect(await request("http://127.0.0.1:9/")).toEqual(offline);
    handle = (incoming, response, body) =>
      incoming.url === "/"
        ? response.writeHead(302, { Location: "/accounts/login/" }).end()
        : answer(200, { this: "is the sign-in page" })(incoming, response, body);
    expect(await request(address)).toEqual(offline);
    handle = () => undefined;
    expect(await request(address, { timeoutMs: 30 })).toEqual(offline);
  });
});

test("a GET is tried three times when the server stumbles, a refusal is not asked twice", async () => {
  const atOnce = () => 0;
  let asked = 0;
  handle = (incoming, response, body) => {
    asked++;
    const broken = answer(503, "");
    (asked < 3 ? broken : answer(200, [1]))(incoming, response, body);
  };
  expect(await get(address, atOnce)).toMatchObject({ kind: "ok", data: [1] });
  expect(asked).toBe(3);
  handle = (incoming, response, body) => {
    asked++;
    answer(404, { code: "not_found", message: "", context: {} })(incoming, response, body);
  };
  expect(await get(address, atOnce)).toMatchObject({ kind: "refused", code: "not_found" });
  expect(asked).toBe(4);
});

test("waits grow, spread out, and end at half a minute", () => {
  expect(retryDelay(1, undefined, () => 0.5)).toBe(1000);
  expect(retryDelay(4, undefined, () => 0.5)).toBe(8000);
  expect(retryDelay(30, undefined, () => 1)).toBeCloseTo(36_000);
  expect(retryDelay(1, undefined, () => 0)).toBeLessThan(retryDelay(1, undefined, () => 1));
  expect(retryDelay(1, 60_000)).toBe(60_000);
});

test("the token is found among other cookies, and missed without harm", () => {
  expect(csrfToken("a=b; csrftoken=xyz; c=d")).toBe("xyz");
  expect(csrfToken("xcsrftoken=no")).toBe("");
});
