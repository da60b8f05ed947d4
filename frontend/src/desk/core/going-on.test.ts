import { expect, test } from "vitest";
import type { Answer } from "../../shared/api";
import type { NextBatch } from "./contract";
import { GoingOn } from "./going-on";

const NEXT: NextBatch = { number: 4, subject: "Ada", left: 50, url: "/batches/4/desk/" };

function goingOn(answer: Answer<NextBatch>) {
  const went: string[] = [];
  let timesAsked = 0;
  const ask = async () => {
    timesAsked++;
    return answer;
  };
  const leave = () => went.push("left");
  const made = new GoingOn({ ask, go: (url) => went.push(url), leave });
  return { made, went, timesAsked: () => timesAsked };
}

test("leaves this desk, then goes to the next", async () => {
  const { made, went } = goingOn({ kind: "ok", status: 200, data: NEXT });
  await made.goOn();
  expect(went).toEqual(["left", "/batches/4/desk/"]);
  expect(made.isUnderWay).toBe(true);
});

test("asks once, however often it is pressed", async () => {
  const { made, timesAsked } = goingOn({ kind: "ok", status: 200, data: NEXT });
  await Promise.all([made.goOn(), made.goOn(), made.goOn()]);
  await made.goOn();
  expect(timesAsked()).toBe(1);
});

test.each(["nothing_open", "had_enough", "others_hold_it", "all_judged"] as const)(
  "stays and says why: %s",
  async (why) => {
    const refusal = { code: "nothing_to_take", message: "", context: { why } };
    const { made, went } = goingOn({ kind: "refused", status: 409, ...refusal });
    await made.goOn();
    expect(made.state.value).toBe(why);
    expect(went).toEqual([]);
  },
);

test("without a connection it can be tried again", async () => {
  const { made, timesAsked } = goingOn({ kind: "failed", why: "offline" });
  await made.goOn();
  expect(made.state.value).toBe("offline");
  await made.goOn();
  expect(timesAsked()).toBe(2);
});
