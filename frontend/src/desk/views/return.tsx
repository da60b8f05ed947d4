import { csrfToken } from "../../shared/api";
import { counts } from "../core/reads";
import { useDesk } from "./context";

/** Returns the batch, or what is left of it once one is sure of it. It waits for the last vote:
 * after it no vote would be taken. */
export function Return({ look }: { look: string }) {
  const { desk, addresses, say } = useDesk();
  const { left } = counts(desk.session);
  return (
    <form
      method="post"
      action={addresses.returnUrl}
      onSubmit={(event) => {
        if (left > 0 && !confirm(say("returnRestSure", { count: left }))) event.preventDefault();
      }}
    >
      <input type="hidden" name="csrfmiddlewaretoken" value={csrfToken(document.cookie)} />
      <input type="hidden" name="person" value={desk.origin.userId} />
      <button type="submit" class={`button ${look}`} disabled={desk.sending.now.value.unsent > 0}>
        {say(left > 0 ? "returnRest" : "returnBatch")}
      </button>
    </form>
  );
}
