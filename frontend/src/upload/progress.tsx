import type { Messages } from "../shared/messages";
import type { Failed, Sender } from "./sender";
import { inUnits, secondsLeft } from "./tally";

const FAILED_SHOWN = 20;

interface ProgressProps {
  readonly sender: Sender;
  readonly messages: Messages;
}

/** Bytes that have really arrived, how fast, for how long still, and what was not taken. */
export function Progress({ sender, messages }: ProgressProps) {
  const { say } = messages;
  const tally = sender.tally.value;
  const going = sender.going.value;
  const speed = sender.speed.bytesPerSecond;
  const label = say("uploadFilesOf", { whole: tally.whole, files: tally.files });
  return (
    <div class="stack">
      <div class="progress">
        <div class="progress__label">
          <span>{label}</span>
          <span>
            {inUnits(tally.sent)} / {inUnits(tally.bytes)}
          </span>
        </div>
        <progress value={tally.sent} max={Math.max(tally.bytes, 1)} aria-label={label} />
      </div>
      {going === "sending" && (
        <p class="muted small upload__pace">{pace(speed, secondsLeft(tally, speed), messages)}</p>
      )}
      {going === "broken" && (
        <p class="notice notice--warn" role="status">
          {say("uploadBroken")}
        </p>
      )}
      {going === "done" && sender.failed.value.length === 0 && (
        <p class="notice notice--ok" role="status">
          {say("uploadDone")}
        </p>
      )}
      {sender.failed.value.length > 0 && <NotTaken sender={sender} messages={messages} />}
    </div>
  );
}

function pace(speed: number, left: number | null, { say }: Messages): string {
  if (left === null) return say("uploadGoing");
  const rate = inUnits(speed);
  if (left < 90) return say("uploadSecondsLeft", { speed: rate, seconds: Math.ceil(left) });
  return say("uploadMinutesLeft", { speed: rate, minutes: Math.ceil(left / 60) });
}

function NotTaken({ sender, messages: { say } }: ProgressProps) {
  const failed = sender.failed.value;
  return (
    <div class="notice notice--stop" role="alert">
      <p>{say("uploadFailed", { count: failed.length })}</p>
      <ul class="files">
        {failed.slice(0, FAILED_SHOWN).map((each) => (
          <li key={each.chosen.path}>
            <span class="files__path">{each.chosen.path}</span>{" "}
            <span class="muted">{why(each, say)}</span>
          </li>
        ))}
      </ul>
      <button type="button" class="button button--small" onClick={() => sender.again()}>
        {say("tryAgain")}
      </button>
    </div>
  );
}

function why({ code, message }: Failed, say: Messages["say"]): string {
  if (code === "not_signed_in") return say("not_signed_in");
  if (code === "other_person") return say("other_person");
  return code ? message : say("uploadUnreadable");
}
