/** The ways to judge, over one session: the person chooses, and this device remembers. */
import { signal } from "@preact/signals";
import type { DeskItem, Near } from "../core/contract";
import type { PicturesAhead } from "../core/pictures-ahead";
import { current, isApart } from "../core/reads";
import type { LatestApart, Pair, Session } from "../core/state";
import { ChoiceMemory, type Mode } from "./choice";
import { Grid, type GridParts, narrow } from "./grid";
import { takesGroups } from "./groups";
import { Single } from "./single";

interface ModesParts extends Omit<GridParts, "onChoice"> {
  readonly kept: Storage | null;
  readonly userId: string;
}

export class Modes {
  readonly mode = signal<Mode>("single");
  readonly single: Single;
  readonly grid: Grid;
  /** Groups of nearly equal pictures, of which one is kept. */
  readonly burst: Grid;
  /** What is nearly the same; null until it was asked for. */
  readonly near = signal<Near | null>(null);
  /** Whether this person may judge many pictures at once: their own page says when. */
  gridOpen = true;
  readonly #memory: ChoiceMemory;
  readonly #pictures: PicturesAhead;

  constructor({ kept, userId, ...parts }: ModesParts) {
    this.#pictures = parts.pictures;
    this.#memory = new ChoiceMemory(kept, userId);
    this.single = new Single(parts);
    this.grid = new Grid({ ...parts, onChoice: () => this.#save() });
    this.burst = new Grid({
      ...parts,
      onChoice: () => undefined,
      pairs: () => this.near.value?.pairs ?? [],
    });
    const { mode, way, size } = this.#memory.load();
    this.mode.value = mode;
    this.grid.way.value = way;
    this.grid.size.value = size ?? (narrow() ? 3 : 4);
  }

  /** The pages of the way that is on, if it has pages. */
  get page(): Grid | null {
    const { value } = this.mode;
    return value === "grid" ? this.grid : value === "burst" ? this.burst : null;
  }

  /** The picture that is looked at: of a page the framed one. */
  inFocus(session: Session): DeskItem | null {
    return this.page ? this.page.framed : current(session);
  }

  /** What is near is known now. */
  learn(near: Near, session: Session): void {
    this.near.value = near;
    if (this.mode.value === "burst") this.burst.turn(session);
  }

  /** Whether something is known to be nearly the same as the item. */
  hasTwin(itemId: number | null): boolean {
    const { pairs = [], twins = [] } = this.near.value ?? {};
    const isOnDesk = pairs.some((pair) => itemId !== null && pair.includes(itemId));
    return isOnDesk || twins.some((twin) => twin.item_id === itemId);
  }

  /** Those of the items that are nearly the same, two by two. */
  pairsAmong(items: readonly number[]): readonly Pair[] {
    const pairs = this.near.value?.pairs ?? [];
    return pairs.filter((pair) => pair.every((id) => items.includes(id)));
  }

  /** These are distinct, so no two of them make a group; or they are not after all. */
  #part({ apart, pairs: asked, undone }: LatestApart): void {
    const near = this.near.value;
    if (!near) return;
    const parted = this.pairsAmong(apart);
    const others = near.pairs.filter((pair) => !parted.includes(pair));
    this.near.value = { ...near, pairs: undone ? [...near.pairs, ...asked] : others };
  }

  /** Groups end in duplicates: a project whose manual has none is offered none. The grid is learnt. */
  offers(mode: Mode, session: Session): boolean {
    if (mode === "grid") return this.gridOpen;
    return mode !== "burst" || takesGroups(session);
  }

  choose(mode: Mode, session: Session): void {
    this.mode.value = this.offers(mode, session) ? mode : "single";
    this.#turn(session);
    this.#save();
  }

  /** The session went on; `turned`: to another picture. */
  follow(before: Session, after: Session, turned: boolean): void {
    if (after.items !== before.items) {
      this.near.value = null;
      if (!this.offers(this.mode.value, after) && after.items.length > 0)
        this.mode.value = "single";
    }
    const { latest } = after;
    if (latest && latest !== before.latest && isApart(latest)) this.#part(latest);
    if (this.page) this.page.follow(before, after);
    else if (turned) this.#turn(after);
  }

  /** Whether nothing is left to judge in this way. */
  isAtEnd(session: Session): boolean {
    if (this.mode.value === "burst" && this.near.value === null) return false;
    return this.page ? this.page.page.value.items.length === 0 : session.at === null;
  }

  #turn(session: Session): void {
    if (this.page) this.page.turn(session);
    else this.#pictures.turnTo(session);
  }

  #save(): void {
    this.#memory.save({
      mode: this.mode.value,
      way: this.grid.way.value,
      size: this.grid.size.value,
    });
  }
}
