// @vitest-environment happy-dom
/** Taking along is read out in large steps: nobody listens to every picture that comes. */
import { act } from "preact/test-utils";
import { beforeEach, expect, test } from "vitest";
import { pictures } from "./core/batch.fixture";
import { one, press, Server, settle, sitDown, startDay } from "./room.fixture";

const PICTURES = 57;

beforeEach(() => {
  startDay();
});

test("of many pictures that come every tenth part is read out, and the last", async () => {
  const { along } = await sitDown(new Server(pictures(5)));
  along.isPossible.value = true;
  along.progress.value = { done: 0, total: PICTURES };
  await press("p");
  await import("./views/along");
  await settle(1500);
  const spoken = new Set<string | null>();
  for (let done = 1; done <= PICTURES; done++) {
    await act(() => {
      along.progress.value = { done, total: PICTURES };
    });
    expect(one(".along").textContent).toContain(`${done} of ${PICTURES} pictures are here.`);
    spoken.add(one(".along [role=status]").textContent);
  }
  expect(spoken.size).toBe(11);
  expect([...spoken].at(-1)).toBe(`${PICTURES} of ${PICTURES} pictures are here.`);
});
