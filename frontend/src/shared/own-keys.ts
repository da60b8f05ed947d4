/** Keys as a person wants them, kept on this device. */
import { signal } from "@preact/signals";
import type { Action } from "./actions";
import { type KeyPress, namesOf } from "./keys";
import { Remembered } from "./remembered";

/** Keys that mean the same wherever one is; they stay as they are. */
const FIXED: ReadonlySet<string> = new Set(["Enter", "Escape", "Tab", "?", "？"]);

type Keys = Readonly<Record<string, string>>;

export type Taken =
  | { readonly kind: "taken" }
  | { readonly kind: "unfit" }
  | { readonly kind: "clash"; readonly key: string; readonly with: Action }
  /** Another room's action has it. */
  | { readonly kind: "elsewhere"; readonly key: string };

export class OwnKeys {
  /** The key of each action that has another than the usual one, by the action's id. */
  readonly changed = signal<Keys>({});
  /** The keys of each action as they come. Which reasons there are, each project's manual says. */
  readonly #usual = new Map<string, readonly string[]>();
  readonly #kept: Remembered;

  constructor(storage: Storage | null, userId: string) {
    this.#kept = new Remembered(storage, `winnow.keys.${userId}`);
    this.changed.value = this.#load();
  }

  /** From now on the action has its own key where it had its first; returns it. */
  giveTo<Given extends Action>(action: Given): Given {
    const [usual, ...others] = action.keys;
    if (usual === undefined || FIXED.has(usual)) return action;
    this.#usual.set(action.id, [usual, ...others]);
    return Object.defineProperty(action, "keys", {
      enumerable: true,
      get: () => [this.#inForce()[action.id] ?? usual, ...others],
    });
  }

  giveToAll<Group extends Readonly<Record<string, Action>>>(group: Group): Group {
    for (const action of Object.values(group)) this.giveTo(action);
    return group;
  }

  /** Keys of actions that this page does not show, by the actions' ids: they have theirs as well. */
  reserve(usual: Readonly<Record<string, readonly string[]>>): void {
    for (const [id, keys] of Object.entries(usual)) this.#usual.set(id, keys);
  }

  /** Gives the action `id` the key that was pressed, unless another of `all` has it. */
  take(id: string, press: KeyPress, all: readonly Action[]): Taken {
    const key = keyOf(press);
    if (key === null || !this.#suits(id, key)) return { kind: "unfit" };
    // Another tab may have changed them.
    this.changed.value = this.#load();
    const other = all.find((action) => action.id !== id && action.keys.includes(key));
    if (other) return { kind: "clash", key, with: other };
    const wanted = { ...this.#inForce(), [id]: key };
    const isUsual = this.#usual.get(id)?.[0] === key;
    if (!isUsual && this.#isLost(id, wanted)) return { kind: "elsewhere", key };
    this.#save(wanted);
    return { kind: "taken" };
  }

  /** Whether some of these have another key than the usual one. */
  haveChanged(actions: readonly Action[]): boolean {
    return actions.some(({ id }) => id in this.changed.value);
  }

  /** These have their usual keys again; what belongs to other pages stays. */
  reset(actions: readonly Action[]): void {
    const ids = new Set(actions.map(({ id }) => id));
    const others = Object.entries(this.#load()).filter(([id]) => !ids.has(id));
    this.#save(Object.fromEntries(others));
  }

  /** The own keys that no other action has: where two want one, its usual owner keeps it. */
  #inForce(): Keys {
    let own = this.changed.value;
    for (;;) {
      const lost = Object.keys(own).find((id) => this.#isLost(id, own));
      if (lost === undefined) return own;
      const { [lost]: _, ...others } = own;
      own = others;
    }
  }

  #isLost(id: string, own: Keys): boolean {
    const key = own[id] ?? "";
    if (!this.#usual.has(id)) return false;
    if (!this.#suits(id, key)) return true;
    for (const [other, [first, ...more]] of this.#usual) {
      if (other === id) continue;
      if (more.includes(key) || (own[other] ?? first) === key) return true;
    }
    return false;
  }

  /** Digits are the reasons': how many of them a manual has, no other key can know. */
  #suits(id: string, key: string): boolean {
    return !/^\d$/.test(key) || /^\d$/.test(this.#usual.get(id)?.[0] ?? "");
  }

  #load(): Record<string, string> {
    try {
      const found: unknown = JSON.parse(this.#kept.text ?? "{}");
      const entries = Object.entries(found ?? {});
      return Object.fromEntries(entries.filter(([, key]) => typeof key === "string"));
    } catch {
      return {};
    }
  }

  #save(changed: Keys): void {
    this.changed.value = changed;
    this.#kept.keep(JSON.stringify(changed));
  }
}

/** Whether people may give it another key. */
export function isChangeable({ keys: [first], label }: Action): boolean {
  return first !== undefined && !FIXED.has(first) && label !== first;
}

/** The name of a key that can be an action's, or null. */
function keyOf(press: KeyPress): string | null {
  if (press.ctrlKey || press.metaKey) return null;
  const [name = "", letter = ""] = namesOf(press);
  const isLetter = /^[a-z]$/i.test(name) || name === `Key${letter}` || name > "\u007f";
  const key = letter && isLetter ? letter : name;
  const isKey = /^([!-~]|Space|Arrow\w+|Page\w+|Home|End|Insert|Delete|Backspace|F\d+)$/.test(key);
  return isKey && !FIXED.has(key) ? key : null;
}
