/**
 * What a person can do on a page, each as one object: the keyboard, the help and the buttons are
 * all made from it. Its fields are read anew each time, so getters may follow the page's state.
 */
import { type KeyPress, namesOf, signOf } from "./keys";

export interface Action {
  readonly id: string;
  readonly label: string;
  /** Names of keys as `namesOf` gives them; the first is drawn on the button. */
  readonly keys: readonly string[];
  readonly enabled: boolean;
  /** A line on what it means, for its button or the manual. */
  readonly hint?: string;
  /** What the help says of its keys; actions with the same words share a row. */
  readonly help?: string;
  /** Whether the switch is on. */
  readonly pressed?: boolean;
  /** Whether it was asked for and is not done yet. */
  readonly busy?: boolean;
  /** Goes on while its key is held down: holding an arrow walks, holding K must not keep twenty. */
  readonly repeats?: boolean;
  perform(): void;
  /** Says why not, when its key is pressed while it cannot be done. */
  explain?(): void;
  /** Chooses it as one of several, which is what Shift does. */
  collect?(): void;
  /** What its key does in place of `perform` where keys held together count as one act. */
  readonly together?: Together;
}

export interface Together {
  down(): void;
  /** The last of the keys was let go. */
  released(): void;
  /** The window lost the keyboard: the keys were let go unheard. */
  lost(): void;
}

/** The action that a press means: of those that share a key, the one that can be done now. */
export function actionFor<Kind extends Action>(
  actions: readonly Kind[],
  press: KeyPress,
): Kind | null {
  for (const name of namesOf(press)) {
    const sharing = actions.filter(({ keys }) => keys.includes(name));
    const action = sharing.find(({ enabled }) => enabled) ?? sharing[0];
    if (action) return press.repeat && !action.repeats ? null : action;
  }
  return null;
}

/** The key that an action's button shows, or null. */
export function signFor({ keys: [first] }: Action): string | null {
  return first === undefined ? null : signOf(first);
}

/** `aria-keyshortcuts` of an action's button; empty without keys. */
export function shortcutsOf({ keys }: Action): { readonly "aria-keyshortcuts"?: string } {
  return keys.length > 0 ? { "aria-keyshortcuts": keys.join(" ") } : {};
}

/** What makes a button an action's, whatever it looks like. */
export function buttonOf(action: Action) {
  return {
    type: "button",
    disabled: !action.enabled,
    onClick: () => action.perform(),
    ...shortcutsOf(action),
    ...(action.pressed === undefined ? {} : { "aria-pressed": action.pressed }),
    ...(action.busy === undefined
      ? {}
      : { "aria-busy": action.busy, "aria-disabled": action.busy }),
  } as const;
}

export interface HelpRow {
  readonly signs: readonly string[];
  readonly help: string;
}

/** The rows of the help, in the order of `actions`. */
export function helpRows(actions: readonly Action[]): HelpRow[] {
  const signs = new Map<string, string[]>();
  for (const action of actions) {
    const sign = signFor(action);
    if (!action.help || sign === null) continue;
    signs.set(action.help, [...(signs.get(action.help) ?? []), sign]);
  }
  return [...signs].map(([help, all]) => ({ help, signs: all }));
}
