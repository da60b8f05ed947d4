import { useEffect, useState } from "preact/hooks";
import { type Action, buttonOf, signFor } from "../../shared/actions";
import type { Names } from "../contract";
import type { Monitor } from "../monitor";

interface PreviewProps {
  readonly monitor: Monitor;
  readonly mask: Action;
  readonly names: Names;
}

/** The newest faces; the old ones stay until the new ones are ready to show. */
export function Preview({ monitor, mask, names }: PreviewProps) {
  const { say } = monitor.messages;
  const { preview_url, preview_step, step } = monitor.run.value;
  const masked = monitor.masked.value;
  const shown = useDecoded(
    preview_url && masked ? `${preview_url}&masked=1` : preview_url,
    preview_step,
  );
  const columns = [
    [names.a],
    [names.a, names.a],
    [names.a, names.b],
    [names.b],
    [names.b, names.b],
    [names.b, names.a],
  ];
  return (
    <section class="watch__part">
      <div class="watch__head">
        <h2>{say("preview")}</h2>
        {shown && <span class="muted number">{say("previewAt", { step: shown.step })}</span>}
        {shown && (
          <button {...buttonOf(mask)} class="button button--quiet button--small">
            {mask.label} <kbd>{signFor(mask)}</kbd>
          </button>
        )}
      </div>
      {shown ? (
        <figure class="faces">
          <figcaption class="faces__columns" aria-hidden="true">
            {columns.map(([of, as]) => (
              <span key={`${of} ${as}`}>
                <span>{of}</span>
                <span>{as ? `→ ${as}` : ""}</span>
              </span>
            ))}
          </figcaption>
          <img
            src={shown.url}
            alt={say("previewAlt", { step: shown.step })}
            width="768"
            height="768"
          />
        </figure>
      ) : (
        <p class="watch__empty">{say(step > 0 ? "previewHidden" : "previewEmpty")}</p>
      )}
    </section>
  );
}

interface Shown {
  readonly url: string;
  readonly step: number;
}

function useDecoded(url: string | null, step: number | null): Shown | null {
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    if (url === null || step === null) {
      setShown(null);
      return;
    }
    let wanted = true;
    const image = new Image();
    image.src = url;
    const show = () => {
      if (wanted) setShown({ url, step });
    };
    // A picture that cannot be fetched leaves the one before in its place.
    image.decode().then(show, () => undefined);
    return () => {
      wanted = false;
    };
  }, [url, step]);
  return shown;
}
