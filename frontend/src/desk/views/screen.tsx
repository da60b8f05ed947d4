import { useEffect } from "preact/hooks";
import type { Action } from "../../shared/actions";
import { listenToKeys } from "../../shared/listen";
import type { Desk } from "../desk";
import type { DeskActions } from "../input/actions";
import { watchHands } from "../input/hands";
import { Actions } from "./actions";
import { AlbumDialog } from "./album";
import { type Addresses, DeskContext, useDesk } from "./context";
import { AlongDrawer, AskDialog, Help, Manual, PeopleDrawer, TwinsDrawer } from "./dialogs";
import { End } from "./end";
import { GridBar, GridStage } from "./grid";
import { Lease } from "./lease";
import { NotOpen, Refusals } from "./notices";
import { People } from "./people";
import { Stage } from "./stage";
import { TopLine } from "./top-line";

interface ScreenProps {
  readonly desk: Desk;
  readonly actions: DeskActions;
  readonly addresses: Addresses;
}

export function Screen({ desk, actions, addresses }: ScreenProps) {
  useEffect(() => {
    function takes({ id }: Action): boolean {
      // A dialog is open: only its own key closes it again; Escape is the browser's.
      if (desk.looking.album.value) return false;
      const panel = desk.panels.open.value;
      return panel === null || panel === id;
    }
    return listenToKeys({ actions: () => actions.all, takes });
  }, [desk, actions]);
  useEffect(() => watchHands(desk.moment), [desk]);
  const opening = desk.opening.value;
  return (
    <DeskContext.Provider value={{ desk, actions, addresses }}>
      <div class="desk" data-state={opening.state}>
        {opening.state === "failed" || opening.state === "closed" ? (
          <NotOpen code={opening.code} wasOpen={opening.state === "closed"} />
        ) : (
          <Open />
        )}
      </div>
    </DeskContext.Provider>
  );
}

function Open() {
  const { desk } = useDesk();
  const atEnd = desk.opening.value.state === "open" && desk.modes.isAtEnd(desk.session);
  const isGrid = desk.modes.page !== null;
  return (
    <>
      <TopLine />
      <div class="desk__room">
        <div class="desk__work">
          <Refusals />
          <Lease until={desk.howFar.leasedUntil.value} onlySoon />
          {atEnd ? <End /> : isGrid ? <GridStage /> : <Stage />}
          {!atEnd && (isGrid ? <GridBar /> : <Actions />)}
        </div>
        <aside class="desk__side">
          <People />
        </aside>
      </div>
      <Manual />
      <Help />
      <PeopleDrawer />
      <TwinsDrawer />
      <AlongDrawer />
      <AskDialog />
      <AlbumDialog />
      <p class="visually-hidden" role="status" aria-live="polite">
        {desk.judging.said.value}
      </p>
    </>
  );
}
