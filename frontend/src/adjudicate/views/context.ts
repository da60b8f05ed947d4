import type { JudgeActions } from "../actions";
import type { Judge } from "../judge";

export interface RoomProps {
  readonly judge: Judge;
  readonly actions: JudgeActions;
}
