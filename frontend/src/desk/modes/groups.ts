/** Pictures of a batch that look nearly the same, side by side. */
import { sameVote, type Vote } from "../core/contract";
import { queue } from "../core/reads";
import type { Session } from "../core/state";
import { mixed } from "./mixed";
import { KEEP, NO_PAGE, type Page } from "./page";

type Pair = readonly number[];

/** What becomes of all but one of a group. */
export const DUPLICATE: Vote = { verdict: "reject", reasons: ["duplicate"] };

/** More at once are too small to tell apart; the others make the next group. */
const MOST = 9;

/**
 * The next group of pictures without a vote of mine, or the pictures of `first`. Whoever comes first
 * in the mixed order takes those near it: which one is the better says nothing here.
 */
export function groupOf(
  session: Session,
  pairs: readonly Pair[],
  seed: string,
  first: readonly number[] = [],
): Page {
  const order = mixed(queue(session), seed);
  const open = order.filter((item) => !session.votes[item.id]);
  const again = open.filter((item) => first.includes(item.id));
  if (isGroup(again, pairs)) return { ...NO_PAGE, items: again };
  for (const item of open) {
    const near = open.filter((other) => isNear(pairs, item.id, other.id));
    if (near.length > 0) return { ...NO_PAGE, items: [item, ...near].slice(0, MOST) };
  }
  return NO_PAGE;
}

/** Whether the project's manual knows duplicates. */
export function takesGroups({ manual }: Session): boolean {
  return manual.some(({ code }) => code === "duplicate");
}

/** The group as it was before it was sent: the one that was kept is framed, and nothing more. */
export function keptFramed(page: Page): Page {
  const { items, marks } = page;
  const isKept = (itemId: number) => sameVote(marks[itemId] ?? null, KEEP);
  const others = Object.entries(marks).filter(([itemId]) => !isKept(Number(itemId)));
  const framed = items.find(({ id }) => isKept(id))?.id ?? page.framed;
  return { ...page, framed, marks: Object.fromEntries(others) };
}

function isGroup(items: readonly { readonly id: number }[], pairs: readonly Pair[]): boolean {
  const isFirst = (id: number) =>
    items.every((other) => other.id === id || isNear(pairs, id, other.id));
  return items.length > 1 && items.some(({ id }) => isFirst(id));
}

function isNear(pairs: readonly Pair[], one: number, other: number): boolean {
  return pairs.some((pair) => one !== other && pair.includes(one) && pair.includes(other));
}
