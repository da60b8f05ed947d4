import type { Vote } from "../../desk/core/contract";
import type { Judge } from "../judge";

/** What was said of the picture, and by whom; who it should be, and who it might be. */
export function Side({ judge }: { judge: Judge }) {
  const { say } = judge.messages;
  const shown = judge.current;
  if (!shown) return null;
  const ruled = judge.docket.value.ruled.get(shown.image_id);
  return (
    <aside class="ruling__side">
      <section class="ruling__votes" aria-label={say("votesOnIt")}>
        {shown.is_blind && <p class="notice notice--warn">{say("blindHere")}</p>}
        <ul>
          {shown.votes.map((vote) => (
            <li key={vote.volunteer}>
              <span>{vote.volunteer}</span>
              <Said judge={judge} said={vote} />
              {vote.before && (
                <span class="ruling__before small muted">
                  {say("votedBefore")} <Said judge={judge} said={vote.before} />
                </span>
              )}
            </li>
          ))}
          {shown.ruling && (
            <li class="ruling__earlier">
              <span>{say("settledBy", { person: shown.ruling.ruled_by })}</span>
              <Said judge={judge} said={shown.ruling} />
              {shown.ruling.note && <span class="small">{shown.ruling.note}</span>}
            </li>
          )}
          {ruled && (
            <li class="ruling__earlier">
              <span>{say("youRuled")}</span>
              <Said judge={judge} said={ruled} />
            </li>
          )}
        </ul>
      </section>
      <People judge={judge} />
    </aside>
  );
}

function Said({ judge, said }: { judge: Judge; said: Vote }) {
  const { say } = judge.messages;
  return (
    <span class="ruling__said">
      <span class={`badge badge--${said.verdict}`}>{say(said.verdict)}</span>
      {said.verdict === "reject" && <span class="small">{judge.inWords(said)}</span>}
    </span>
  );
}

function People({ judge }: { judge: Judge }) {
  const { portraits, look_alikes } = judge.room;
  const { say } = judge.messages;
  return (
    <div class="ruling__people">
      <ul class="ruling__portraits">
        {portraits.map(({ url, caption }) => (
          <li key={url}>
            <img src={url} alt={caption || say("portrait")} title={caption} loading="lazy" />
          </li>
        ))}
      </ul>
      {look_alikes.map((other) => (
        <article class="ruling__alike" key={other.name}>
          {other.portraits.map(({ url }) => (
            <img key={url} src={url} alt="" loading="lazy" />
          ))}
          <div>
            <h2>
              <span class="badge badge--warn">{say("lookAlike")}</span> {other.name}
            </h2>
            <p class="small">{other.how_to_tell}</p>
          </div>
        </article>
      ))}
    </div>
  );
}
