import { beforeEach, describe, expect, test } from "vitest";
import { Looking } from "./looking";

let looking: Looking;
beforeEach(() => {
  looking = new Looking();
});
const aim = () => {
  const { value } = looking.aim;
  return value.at === "face" ? `face ${value.nth}` : value.at;
};

describe("looking at a picture", () => {
  test("one face after the other from the left, then the whole", () => {
    const seen = [1, 2, 3, 4].map(() => {
      looking.nextFace(3);
      return aim();
    });
    expect(seen).toEqual(["face 0", "face 1", "face 2", "whole"]);
  });

  test("where no face is known of, near and back", () => {
    looking.nextFace(0);
    expect(aim()).toBe("face 0");
    looking.nextFace(0);
    expect(aim()).toBe("whole");
  });

  test("the next picture is whole, or at the face when one stays there", () => {
    looking.nextFace(1);
    looking.turn();
    expect(aim()).toBe("whole");
    looking.toggleStay();
    looking.turn();
    expect(aim()).toBe("face 0");
    looking.whole();
    looking.turn();
    expect(aim()).toBe("whole");
  });

  test("portraits beside it one after the other, over several pictures, until all is whole", () => {
    looking.nextBeside(2);
    expect([looking.beside.value, aim()]).toEqual([0, "face 0"]);
    looking.turn();
    expect([looking.beside.value, aim()]).toEqual([0, "face 0"]);
    looking.nextBeside(2);
    expect(looking.beside.value).toBe(1);
    looking.nextBeside(2);
    expect(looking.beside.value).toBeNull();
    looking.nextBeside(0);
    expect(looking.beside.value).toBeNull();
    looking.nextBeside(2);
    looking.whole();
    expect([looking.beside.value, looking.isWhole]).toEqual([null, true]);
  });

  test("an album ends at its ends, and closes with the desk", () => {
    const portraits = [1, 2].map((n) => ({
      url: `/p/${n}`,
      picture: "aa",
      caption: "",
      face: null,
    }));
    looking.openAlbum("Ada", portraits, 0);
    looking.turnAlbum(-1);
    expect(looking.album.value?.at).toBe(0);
    looking.turnAlbum(1);
    looking.turnAlbum(1);
    expect(looking.album.value?.at).toBe(1);
    looking.close();
    expect(looking.album.value).toBeNull();
  });
});
