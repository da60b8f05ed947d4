/** The way through the batch, to what is left of it and on to the next. */
import type { Action } from "../../shared/actions";
import { DESK_KEYS } from "../../shared/desk-keys";
import { counts, queue } from "../core/reads";
import type { Desk } from "../desk";

export function walkingActions(desk: Desk) {
  const { say } = desk.messages;
  const back: Action = {
    id: "back",
    label: say("previous"),
    keys: DESK_KEYS.back,
    help: say("helpWalk"),
    repeats: true,
    get enabled() {
      return queue(desk.session)[0]?.id !== desk.session.at;
    },
    perform: () => desk.happen({ type: "moved", by: -1 }),
  };
  const forward: Action = {
    id: "forward",
    label: say("forward"),
    keys: DESK_KEYS.forward,
    help: say("helpWalk"),
    repeats: true,
    enabled: true,
    perform: () => desk.happen({ type: "moved", by: 1 }),
  };
  const resume: Action = {
    id: "resume",
    label: say("continueJudging"),
    keys: ["Enter"],
    get enabled() {
      return desk.modes.isAtEnd(desk.session) && counts(desk.session).left > 0;
    },
    perform() {
      desk.happen({ type: "resumed" });
      // Without a group left, the others are judged one by one.
      const { value } = desk.modes.mode;
      desk.modes.choose(value === "burst" ? "single" : value, desk.session);
    },
  };
  const lookAgain: Action = {
    id: "lookAgain",
    label: say("lookAgain"),
    keys: [],
    get enabled() {
      const { left, total } = counts(desk.session);
      return left === 0 && total > 0;
    },
    /** What is judged already is looked through one by one. */
    perform() {
      desk.modes.choose("single", desk.session);
      desk.happen({ type: "resumed" });
    },
  };
  return { back, forward, resume, lookAgain, goOn: goOnAction(desk) };
}

function goOnAction(desk: Desk): Action {
  const { say } = desk.messages;
  return {
    id: "goOn",
    get label() {
      const following = desk.howFar.standing.value?.next_batch;
      if (!following) return say("giveMeMore");
      const { subject, number, left } = following;
      return say("nextBatch", { subject, number, count: left });
    },
    keys: ["Enter"],
    help: say("helpGoOn"),
    /** Going on returns this batch: not before the last vote is stored. */
    get enabled() {
      const { howFar, sending, session } = desk;
      const { next_batch: following, is_open: isOpen } = howFar.standing.value ?? {};
      const isDone = desk.modes.isAtEnd(session) && counts(session).left === 0;
      return isDone && sending.now.value.unsent === 0 && (!!following || !!isOpen);
    },
    get busy() {
      return desk.goingOn.isUnderWay;
    },
    perform() {
      if (desk.moment.isOver()) void desk.goingOn.goOn();
    },
  };
}
