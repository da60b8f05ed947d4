import { expect, test } from "vitest";
import { messagesFor } from "../shared/messages";
import { MONITOR_TEXTS } from "../shared/texts/monitor";
import { aRun } from "./run.fixture";
import { activityInWords, count, durationInWords, lossInWords } from "./words";

test("numbers and times read well", () => {
  expect(lossInWords(0.03127)).toBe("0.0313");
  expect(lossInWords(0.00031)).toBe("3.10e-4");
  expect(lossInWords(undefined)).toBe("–");
  expect(durationInWords(40, "en")).toBe("40 sec");
  expect(durationInWords(100, "en")).toBe("2 min");
  expect(durationInWords(2.5 * 3600, "en")).toBe("2.5 hr");
  expect(durationInWords(20 * 86_400, "zh-Hans")).toBe("20 天");
  expect(count(20_889.4, "en")).toBe("20,889");
  expect(count(0.53, "en")).toBe("0.5");
});

test("what the run is at, in one line", () => {
  const messages = messagesFor("en", MONITOR_TEXTS);
  const waiting = aRun({ state: "waiting", position: 2 });
  expect(activityInWords(waiting, messages)).toBe("Number 2 in the queue");
  const preparing = aRun({ preparing: { side: "b", done: 3, total: 60 } });
  expect(activityInWords(preparing, messages)).toBe("Finding faces of B: 3 of 60");
  const starting = aRun({ examples_per_second: null });
  expect(activityInWords(starting, messages)).toContain("starting");
  expect(activityInWords(aRun({ state: "finished" }), messages)).toBe("");
});
