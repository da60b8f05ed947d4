import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Messages } from "../../shared/messages";
import type { Desk } from "../desk";
import type { DeskActions } from "../input/actions";

export interface Addresses {
  readonly batchUrl: string;
  readonly manualUrl: string;
  /** Takes a form that returns the batch. */
  readonly returnUrl: string;
}

interface AtTheDesk {
  readonly desk: Desk;
  readonly actions: DeskActions;
  readonly addresses: Addresses;
}

export const DeskContext = createContext<AtTheDesk | null>(null);

export function useDesk(): AtTheDesk & { say: Messages["say"] } {
  const here = useContext(DeskContext);
  if (!here) throw new Error("a view of the desk was used outside of it");
  return { ...here, say: here.desk.messages.say };
}
