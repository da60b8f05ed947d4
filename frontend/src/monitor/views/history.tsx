import { moment } from "../../shared/time";
import type { Monitor } from "../monitor";

/** What happened to the run, the newest first. */
export function History({ monitor }: { monitor: Monitor }) {
  const { say, language } = monitor.messages;
  return (
    <section class="watch__part">
      <h2>{say("history")}</h2>
      <ul class="log">
        {monitor.run.value.events.map(({ at, state, cause, actor, step, note }) => (
          <li key={`${at} ${cause}`}>
            <time dateTime={at}>{moment(at, language)}</time>
            <div class="log__what">
              <p>
                <strong>{say(`runIs_${state}`)}</strong> · {cause}
                {step !== null && ` · ${say("checkpointAt", { step })}`}
                {actor && ` · ${actor}`}
              </p>
              {note && <p class="muted small trainer-says">{note}</p>}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
