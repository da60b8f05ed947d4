/** Taking the batch along: how large it is, how far it is, until when it is here. Loaded when asked for. */
import { useEffect, useState } from "preact/hooks";
import { get } from "../../shared/api";
import { moment } from "../../shared/time";
import type { Weight } from "../core/contract";
import type { Desk } from "../desk";
import type { End, Taken } from "../kept/kept";
import { useDesk } from "./context";

const MOST_BYTES = 300_000_000;

export function AlongPanel() {
  const { desk, say } = useDesk();
  const { along } = desk;
  const { progress, taken } = along;
  if (!along.isPossible.value) return <Impossible />;
  if (progress.value) {
    const { done, total } = progress.value;
    return (
      <div class="along">
        <Spoken words={total > 0 ? say("alongTaking", { done: tenth(done, total), total }) : ""} />
        <progress value={done} max={Math.max(total, 1)} aria-label={say("alongTitle")} />
        <p>{total > 0 ? say("alongTaking", { done, total }) : say("alongWeighing")}</p>
        <button type="button" class="button" onClick={() => along.stop()}>
          {say("alongStop")}
        </button>
      </div>
    );
  }
  return (
    <div class="along">
      <Spoken words={along.end.value && taken.value ? cameOf(desk, taken.value) : ""} />
      <Ended end={along.end.value} />
      {taken.value ? <Here desk={desk} taken={taken.value} /> : <Offer desk={desk} />}
    </div>
  );
}

/** What is read out: not every picture that comes, but every tenth of the way, and what came of it. */
function Spoken({ words }: { words: string }) {
  return (
    <p class="visually-hidden" role="status">
      {words}
    </p>
  );
}

function tenth(done: number, total: number): number {
  return Math.floor((Math.floor((10 * done) / total) * total) / 10);
}

function cameOf(desk: Desk, { pictures: done, total }: Taken): string {
  return desk.messages.say("alongTaking", { done, total });
}

function Here({ desk, taken }: { desk: Desk; taken: Taken }) {
  const { say } = useDesk();
  const { pictures: count, total, bytes } = taken;
  const until = moment(new Date(taken.until).toISOString(), desk.messages.language);
  const words = { count, total, until, size: megabytes(bytes) };
  return (
    <>
      <p class="along__lead">{say(count < total ? "alongPart" : "alongHere", words)}</p>
      <p>{say("alongHow")}</p>
      <div class="row">
        {count < total && (
          <button type="button" class="button" onClick={() => void desk.takeAlong()}>
            {say("alongRest")}
          </button>
        )}
        <button
          type="button"
          class="button"
          title={say("alongLeaveHow")}
          onClick={() => void desk.along.leave()}
        >
          {say("alongLeave")}
        </button>
      </div>
      <p class="muted small">{say("alongLeaveHow")}</p>
    </>
  );
}

function Offer({ desk }: { desk: Desk }) {
  const { say } = useDesk();
  const [weight, setWeight] = useState<Weight | "unknown" | null>(null);
  const { batchId } = desk.origin;
  useEffect(() => {
    void get<Weight>(`/api/v1/batches/${batchId}/weight`).then((answer) =>
      setWeight(answer.kind === "ok" ? answer.data : "unknown"),
    );
  }, [batchId]);
  const until = desk.howFar.leasedUntil.value;
  return (
    <>
      <p class="along__lead" role="status">
        {weight === null && say("alongWeighing")}
        {weight === "unknown" && say("alongUnknown")}
        {weight !== null &&
          weight !== "unknown" &&
          say("alongWeight", {
            count: weight.pictures,
            size: megabytes(weight.bytes),
            until: until ? moment(until, desk.messages.language) : "",
          })}
      </p>
      {weight !== null && weight !== "unknown" && weight.bytes > MOST_BYTES && (
        <p>{say("alongCap", { size: megabytes(MOST_BYTES) })}</p>
      )}
      <p>{say("alongHow")}</p>
      <button
        type="button"
        class="button button--primary"
        disabled={weight === null}
        onClick={() => void desk.takeAlong()}
      >
        {say("alongTake")}
      </button>
    </>
  );
}

function Ended({ end }: { end: End | null }) {
  const { say } = useDesk();
  if (end === null || end === "all" || end === "stopped") return null;
  const words = {
    cap: say("alongCap", { size: megabytes(MOST_BYTES) }),
    cut: say("alongCut"),
    full: say("alongFull"),
    refused: say("alongRefused"),
    renewed: say("alongRenewed"),
    offline: say("alongOffline"),
  };
  return (
    <p class="notice notice--stop" role="alert">
      {words[end]}
    </p>
  );
}

/** Browsers inside other apps have no service worker, and no browser has one without TLS. */
function Impossible() {
  const { say } = useDesk();
  const [copied, setCopied] = useState(false);
  if (!window.isSecureContext) return <p>{say("alongInsecure")}</p>;
  const copy = () => void navigator.clipboard?.writeText(location.href).then(() => setCopied(true));
  return (
    <div class="along">
      <p class="along__lead">{say("alongOutside")}</p>
      <p>{say("alongInApp")}</p>
      <button type="button" class="button" onClick={copy}>
        {say(copied ? "alongCopied" : "alongCopy")}
      </button>
    </div>
  );
}

function megabytes(bytes: number): string {
  const size = bytes / 1_000_000;
  return `${size < 10 ? size.toFixed(1) : Math.round(size)}\u00a0MB`;
}
