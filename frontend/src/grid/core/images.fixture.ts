/** A picture as the server tells of it. */
import type { GridImage } from "./contract";

export function image(number: number, more: Partial<GridImage> = {}): GridImage {
  return {
    number,
    name: `图 ${number}.jpg`,
    width: 800,
    height: 600,
    folder: `/pictures/of-${number}/`,
    state: "new",
    batch: null,
    facts: {
      sharpness: 0.5,
      yaw: -31.6,
      pitch: 4.2,
      face_size: 312,
      brightness: 0.48,
      num_faces: 1,
      likeness: 0.24,
      suspicion: 0.873,
    },
    suspected: null,
    gold: null,
    ...more,
  };
}
