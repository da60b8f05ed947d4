/** What can be taken back, and the session once it is. */
import { isApart, newestVote, stillStands } from "./reads";
import { type Apart, lookAt, type Session, type Step, withVote } from "./state";

/** How many acts can be taken back. */
const MEMORY = 50;

/** The newest vote goes; what the server has to take back stays where it is. */
export function undone(session: Session): Session {
  const step = newestVote(session);
  if (!step) return { ...session, steps: session.steps.filter(isApart) };
  const place = session.steps.lastIndexOf(step);
  const isTaken = (other: Step | Apart): other is Step =>
    other === step || (isOneAct(other, step) && stillStands(session, other));
  const taken = session.steps.filter(isTaken);
  const backwards = taken.map(({ itemId, before, after }) => ({
    itemId,
    before: after,
    after: before,
  }));
  const [first] = backwards;
  if (!first) return session;
  let { votes } = session;
  for (const { itemId, after } of backwards) votes = withVote(votes, itemId, after);
  const after: Session = {
    ...session,
    votes,
    steps: session.steps.filter((other, at) => isApart(other) || (at < place && !isTaken(other))),
    latest: { ...first, undone: true, ...(step.act ? { together: backwards } : {}) },
  };
  return lookAt(after, first.itemId);
}

export function saidApart(session: Session, step: Apart): Session {
  const steps = remembered([...session.steps, step]);
  return { ...session, steps, latest: { ...step, undone: false } };
}

/** The server had the word on it: undo comes by it no more. */
export function apartStays(session: Session, step: Apart): Session {
  const { latest } = session;
  const isLatest = latest !== null && isApart(latest) && latest.apart === step.apart;
  const steps = session.steps.filter((other) => other !== step);
  return { ...session, steps, latest: isLatest ? null : latest };
}

function isOneAct(a: Step | Apart, b: Step | Apart): boolean {
  return a.act !== undefined && a.act === b.act;
}

/** The steps of the newest acts. */
export function remembered(steps: readonly (Step | Apart)[]): readonly (Step | Apart)[] {
  let acts = 0;
  for (let place = steps.length - 1; place >= 0; place--) {
    const step = steps[place];
    const newer = steps[place + 1];
    if (step && newer && isOneAct(step, newer)) continue;
    if (++acts > MEMORY) return steps.slice(place + 1);
  }
  return steps;
}
