import { moment } from "../../shared/time";
import { secondsLeft } from "../curve";
import type { Monitor } from "../monitor";
import { count, durationInWords } from "../words";

export function Facts({ monitor }: { monitor: Monitor }) {
  const run = monitor.run.value;
  const { say, language } = monitor.messages;
  const left = secondsLeft(run);
  const speed = run.examples_per_second;
  const saved = [...run.checkpoints].reverse();
  return (
    <section class="watch__part">
      <h2>{say("facts")}</h2>
      <dl class="facts">
        {run.is_active && (
          <>
            <Fact name={say("speed")}>
              {speed === null ? "–" : say("facesPerSecond", { count: count(speed, language) })}
            </Fact>
            <Fact name={say("timeLeft")}>
              {left === null ? "–" : say("aboutTime", { time: durationInWords(left, language) })}
            </Fact>
          </>
        )}
        <Fact name={say("computesOn")}>{run.device === "cpu" ? "CPU" : run.device || "–"}</Fact>
        <Fact name={say("batchSize")}>{String(run.batch_size)}</Fact>
        <div>
          <dt>{say("checkpoints")}</dt>
          <dd>
            {saved.length === 0 && <span class="muted">{say("noCheckpoints")}</span>}
            <ul class="saved">
              {saved.map(({ step, at }) => (
                <li key={step}>
                  <span class="number">{say("checkpointAt", { step })}</span>{" "}
                  <time class="muted small" dateTime={at}>
                    {moment(at, language)}
                  </time>
                </li>
              ))}
            </ul>
          </dd>
        </div>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="number">{children}</dd>
    </div>
  );
}
