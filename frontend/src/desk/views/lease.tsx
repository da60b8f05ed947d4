import { useEffect, useState } from "preact/hooks";
import { fromNow } from "../../shared/time";
import { useDesk } from "./context";

const LOOK_AGAIN_MS = 20_000;

const SOON_MS = 900_000;

interface LeaseProps {
  readonly until: string | null;
  /** Says nothing while there is time. */
  readonly onlySoon?: boolean;
}

/** How long the batch is still mine. The server decides; this clock only warns. */
export function Lease({ until, onlySoon = false }: LeaseProps) {
  const { desk, say } = useDesk();
  const [now, setNow] = useState(desk.along.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(desk.along.now()), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [desk]);
  if (until === null) return null;
  const left = Date.parse(until) - now;
  if (onlySoon && left > SOON_MS) return null;
  if (left <= 0) return <p class="lease lease--over">{say("leaseOver")}</p>;
  const when = fromNow(left, desk.messages.language);
  return (
    <p class={left <= SOON_MS ? "lease lease--soon" : "lease"}>{say("leaseEnds", { when })}</p>
  );
}
