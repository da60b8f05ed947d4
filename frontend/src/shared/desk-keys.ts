/**
 * The keys that the desk's actions usually have, by the actions' ids. Other rooms share the person's
 * own keys with the desk, and take none that means something there.
 */
export const DESK_KEYS = {
  keep: ["K"],
  unsure: ["U"],
  undo: ["Z", "Control+Z", "Meta+Z"],
  back: ["ArrowLeft"],
  forward: ["ArrowRight"],
  face: ["F"],
  zoom: ["Space"],
  compare: ["C"],
  stay: ["L"],
  whole: ["0"],
  twins: ["T"],
  ask: ["Q"],
  told: ["O"],
  manual: ["M"],
  along: ["P"],
  grid: ["G"],
  burst: ["B"],
  way: ["W"],
  larger: ["+", "="],
  smaller: ["-"],
  distinct: ["D"],
  ArrowLeft: ["ArrowLeft"],
  ArrowRight: ["ArrowRight"],
  ArrowUp: ["ArrowUp"],
  ArrowDown: ["ArrowDown"],
} as const satisfies Readonly<Record<string, readonly string[]>>;
