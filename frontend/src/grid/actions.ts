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
  ];
}
