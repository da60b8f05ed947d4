import { useEffect } from "preact/hooks";
import type { Desk } from "../desk";
import { listenToKeys } from "../input/listen";
import { Actions } from "./actions";
import { type Addresses, DeskContext, useDesk } from "./context";
import { Help, Manual, PeopleDrawer } from "./dialogs";
import { End } from "./end";
import { Lease } from "./lease";
import { CannotOpen, ClosedNotice, Refusals } from "./notices";
import { People } from "./people";
import { Stage } from "./stage";
import { TopLine } from "./top-line";

export function Screen({ desk, addresses }: { desk: Desk; addresses: Addresses }) {
  useEffect(() => listenToKeys(desk), [desk]);
  const opening = desk.opening.value;
  return (
    <DeskContext.Provider value={{ desk, addresses }}>
      <div class="desk" data-state={opening.state}>
        {opening.state === "failed" ? <CannotOpen code={opening.code} /> : <Open />}
      </div>
    </DeskContext.Provider>
  );
}

function Open() {
  const { desk } = useDesk();
  const session = desk.session.value;
  const atEnd = desk.opening.value.state === "open" && session.at === null;
  return (
    <>
      <TopLine />
      <div class="desk__room">
        <div class="desk__work">
          <Refusals />
          <ClosedNotice />
          <Lease until={desk.leasedUntil} onlySoon />
          {atEnd ? <End /> : <Stage />}
          {!atEnd && <Actions />}
        </div>
        <aside class="desk__side">
          <People />
        </aside>
      </div>
      <Manual />
      <Help />
      <PeopleDrawer />
      <p class="visually-hidden" role="status" aria-live="polite">
        {desk.said.value}
      </p>
    </>
  );
}
