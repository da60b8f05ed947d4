import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

/**
 * A view that is fetched when it is wanted for the first time: null until then, "none" while it
 * cannot be. `load` must be the same each time.
 */
export function useLater(
  load: () => Promise<ComponentType>,
  isWanted = true,
): ComponentType | "none" | null {
  const [Loaded, setLoaded] = useState<ComponentType | "none" | null>(null);
  useEffect(() => {
    if (!isWanted) return;
    load().then(
      (room) => setLoaded(() => room),
      () => setLoaded("none"),
    );
  }, [load, isWanted]);
  return isWanted ? Loaded : null;
}
