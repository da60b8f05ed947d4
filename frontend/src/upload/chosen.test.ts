import { expect, test } from "vitest";
import { chosenIn } from "./chosen";

function file(name: string, inFolder = ""): File {
  const made = new File(["x"], name, { lastModified: 7 });
  Object.defineProperty(made, "webkitRelativePath", { value: inFolder });
  return made;
}

test("a chosen folder names its files from that folder on, others go by their names", () => {
  const chosen = chosenIn([file("1.jpg", "ada/微博/1.jpg"), file("自拍 2.jpg")]);
  expect(chosen.map(({ path }) => path)).toEqual(["ada/微博/1.jpg", "自拍 2.jpg"]);
});
