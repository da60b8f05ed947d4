import type { LookAlike, Portrait } from "../core/contract";
import { useDesk } from "./context";
import { Lease } from "./lease";

/** Who is looked for, and who is easily taken for them. */
export function People() {
  const { desk, say } = useDesk();
  const data = desk.data.value;
  if (!data) return null;
  const { name, note } = data.batch.subject;
  return (
    <div class="people">
      <section>
        <h2 class="people__title">{say("thisIs", { name })}</h2>
        {data.portraits.length === 0 && <p class="muted small">{say("noPortraits", { name })}</p>}
        <Portraits of={name} portraits={data.portraits} large />
        {note && <p class="people__note">{note}</p>}
      </section>
      {data.look_alikes.length > 0 && (
        <section>
          <h2 class="people__title people__title--alike">{say("lookAlikes")}</h2>
          {data.look_alikes.map((other) => (
            <Alike key={other.name} other={other} />
          ))}
        </section>
      )}
      <Lease until={desk.howFar.leasedUntil.value} />
    </div>
  );
}

function Alike({ other }: { other: LookAlike }) {
  const { say } = useDesk();
  return (
    <article class="alike">
      <h3>{other.name}</h3>
      <Portraits of={other.name} portraits={other.portraits} />
      {other.how_to_tell && (
        <p>
          <span class="visually-hidden">{say("howToTell")}: </span>
          {other.how_to_tell}
        </p>
      )}
    </article>
  );
}

/** A picture of one clear pixel, which keeps the place. */
const NOTHING = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

interface PortraitsProps {
  readonly of: string;
  readonly portraits: readonly Portrait[];
  readonly large?: boolean;
}

function Portraits({ of, portraits, large = false }: PortraitsProps) {
  const { desk } = useDesk();
  if (portraits.length === 0) return null;
  // The picture to judge has a slow line for itself; the portraits come once it is there.
  const isPictureFirst = desk.session.at !== null && desk.pictures.arrived.value === 0;
  return (
    <ul class={large ? "people__portraits people__portraits--large" : "people__portraits"}>
      {portraits.map((portrait, at) => (
        <li key={portrait.url}>
          <button type="button" onClick={() => desk.looking.openAlbum(of, portraits, at)}>
            <img
              src={isPictureFirst ? NOTHING : portrait.url}
              alt={portrait.caption || of}
              title={portrait.caption}
            />
          </button>
        </li>
      ))}
    </ul>
  );
}
