/** What keys do on the whole page; those within the list and the viewer are theirs. */
import type { Action } from "../shared/actions";
import type { Grid } from "./grid";

export function gridActions(grid: Grid): readonly Action[] {
  return [
    {
      id: "go-to",
      label: grid.messages.say("goTo"),
      keys: ["G", "/"],
      enabled: true,
      perform: () => document.getElementById("grid-go-to")?.focus(),
    },
    goldAction(grid),
  ];
}

/** Asks what the right answer is to what is chosen. */
export function goldAction(grid: Grid): Action {
  return {
    id: "gold",
    label: grid.messages.say("goldChosen"),
    keys: ["S"],
    enabled: grid.num.value > 0 && !grid.acts.busy.value,
    perform: () => {
      grid.acts.asked.value = "gold";
    },
  };
}
