import { useEffect, useState } from "preact/hooks";
import type { Told as ToldData } from "../core/contract";
import { titleOf } from "../core/reasons";
import { labelIn } from "../core/says";
import { toTellOf } from "../core/telling";
import { useDesk } from "./context";

/** Whoever sees their slip at once and takes it back has not been influenced by anybody. */
const SLIP_MS = 900;

/** What the machine and others think of a picture that has my vote. */
export function Told() {
  const { desk } = useDesk();
  const itemId = toTellOf(desk.session);
  const vote = JSON.stringify(itemId === null ? null : desk.session.votes[itemId]);
  const [told, setTold] = useState<{ readonly of: number; readonly data: ToldData } | null>(null);

  useEffect(() => {
    setTold(null);
    if (itemId === null || vote === "null") return;
    let isOld = false;
    const timer = setTimeout(async () => {
      const answer = await desk.telling.tell(itemId);
      if (!isOld && answer.kind === "ok") setTold({ of: itemId, data: answer.data });
    }, SLIP_MS);
    return () => {
      isOld = true;
      clearTimeout(timer);
    };
  }, [desk, itemId, vote]);

  // Always there: what appears in it is read out, as it would not be of one that appears itself.
  return (
    <div class="told-place" role="status">
      {told && <Telling key={told.of} {...told} />}
    </div>
  );
}

function Telling({ of, data }: { readonly of: number; readonly data: ToldData }) {
  const { desk, say } = useDesk();
  const { machine, decided } = data;
  return (
    <section class="told" aria-label={say("told")}>
      <h3 class="told__number">{labelIn(desk.session, of)}</h3>
      <p>
        {machine === null && say("toldNothing")}
        {machine?.suspects === "" && say("toldWouldKeep")}
        {machine?.suspects && say("toldSuspects", { reason: machine.suspects })}
      </p>
      {machine && machine.why.length > 0 && (
        <ul>
          {machine.why.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <p>{decided ? <Decided decided={decided} /> : say("toldOpen")}</p>
    </section>
  );
}

function Decided({ decided }: { decided: NonNullable<ToldData["decided"]> }) {
  const { desk, say } = useDesk();
  const { outcome, ruled_for, others } = decided;
  const comma = desk.messages.language === "en" ? ", " : "、";
  const isKept = outcome === "kept";
  const titles = (ruled_for ?? []).map((code) => titleOf(desk.session.manual, code));
  const named = (others?.reasons ?? []).map(({ code, count }) => {
    const title = titleOf(desk.session.manual, code);
    return count > 1 ? `${title} × ${count}` : title;
  });
  return (
    <>
      <span class={`badge badge--${isKept ? "keep" : "reject"}`}>
        {say(isKept ? "toldKept" : "toldRejected")}
      </span>{" "}
      {ruled_for && say("toldRuled", { reasons: titles.join(comma) })}
      {others && say("toldOthers", others)}
      {named.length > 0 && say("toldReasons", { reasons: named.join(comma) })}
    </>
  );
}
