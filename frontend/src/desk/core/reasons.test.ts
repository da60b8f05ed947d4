import { expect, test } from "vitest";
import { messagesFor } from "../../shared/messages";
import { REASONS, reasonsInWords } from "./reasons";

test.each(["en", "zh-Hans"] as const)(
  "every reason has a title and one line on how to tell, in %s",
  (language) => {
    const reasons = reasonsInWords(messagesFor(language));
    expect(new Set(reasons.map(({ title }) => title)).size).toBe(REASONS.length);
    for (const { definition } of reasons) expect(definition.length).toBeGreaterThan(8);
  },
);
