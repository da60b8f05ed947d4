import { DetailedError } from "tus-js-client";
import { expect, test } from "vitest";
import type { Answer } from "../shared/api";
import { isWorthAnotherTry, type Opened, Sender } from "./sender";

function answered(status: number, code = ""): DetailedError {
  const error = new DetailedError("no");
  if (status > 0)
    error.originalResponse = {
      getStatus: () => status,
      getHeader: () => undefined,
      getBody: () => JSON.stringify({ code }),
      getUnderlyingObject: () => null,
    };
  return error;
}

test.each([
  [0, ""],
  [503, "disk_full"],
  [500, ""],
  [408, "too_slow"],
  [423, "still_arriving"],
  [409, "other_offset"],
])("what passes is tried again: %d %s", (status, code) => {
  expect(isWorthAnotherTry(answered(status, code))).toBe(true);
});

test.each([
  [401, "not_signed_in"],
  [404, "upload_gone"],
  [409, "consent_missing"],
  [409, "other_person"],
  [413, "too_much"],
])("a refusal is not: %d %s", (status, code) => {
  expect(isWorthAnotherTry(answered(status, code))).toBe(false);
});

const picture = (name: string) => ({
  path: name,
  file: new File(["12345"], name, { lastModified: 7 }),
});

const OPENED: Opened = {
  token: "t",
  files_url: "/files",
  piece_bytes: 8,
  files: [{ path: "1.jpg", length: 5, received: 5, changed: "7", url: "/files/1" }],
};

test("what has arrived another day is counted and not sent", async () => {
  const sender = new Sender({
    open: async () => ({ kind: "ok", status: 200, data: OPENED }),
    headers: () => ({}),
  });
  await sender.add([picture("1.jpg"), picture("1.jpg")]);
  await sender.add(Promise.resolve([picture("1.jpg")]));
  expect(sender.tally.value).toEqual({ files: 1, whole: 1, bytes: 5, sent: 5 });
  expect([sender.going.value, sender.token.value]).toEqual(["done", "t"]);
});

test("who may not begin is told why, and may try once more", async () => {
  const answers: Answer<Opened>[] = [
    { kind: "ok", status: 200, data: OPENED },
    { kind: "refused", status: 409, code: "consent_missing", message: "No consent.", context: {} },
  ];
  const sender = new Sender({
    open: async () => answers.pop() as Answer<Opened>,
    headers: () => ({}),
  });
  await sender.add([picture("1.jpg")]);
  expect([sender.refusal.value?.message, sender.going.value]).toEqual(["No consent.", "still"]);
  await sender.add([picture("1.jpg")]);
  expect([sender.refusal.value, sender.going.value]).toEqual([null, "done"]);
});

test("while a dropped folder is read, something is going on already", async () => {
  let found: (chosen: never[]) => void = () => {};
  const reading = new Promise<never[]>((resolve) => {
    found = resolve;
  });
  const sender = new Sender({
    open: async () => ({ kind: "ok", status: 200, data: OPENED }),
    headers: () => ({}),
  });
  const adding = sender.add(reading);
  expect(sender.going.value).toBe("sending");
  found([]);
  await adding;
  expect(sender.going.value).toBe("still");
});
