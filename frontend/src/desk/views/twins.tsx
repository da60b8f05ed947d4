import { labelOf, paddedNumber } from "../core/contract";
import { useDesk } from "./context";

/** What is nearly the same as the picture in view, in the batch and beyond it: to be seen only. */
export function Twins() {
  const { desk, say } = useDesk();
  const { at, items } = desk.session;
  const near = desk.modes.near.value;
  const mates = (near?.pairs ?? []).filter((pair) => at !== null && pair.includes(at)).flat();
  const onDesk = items.filter(({ id }) => id !== at && mates.includes(id));
  const beyond = (near?.twins ?? []).filter((twin) => twin.item_id === at);
  const twins = [
    ...onDesk.map((item) => ({ label: labelOf(item), preview_url: item.preview_url })),
    ...beyond.map(({ number, preview_url }) => ({ label: paddedNumber(number), preview_url })),
  ];
  if (twins.length === 0) return <p>{say("noTwins")}</p>;
  return (
    <ul class="twins">
      {twins.map(({ label, preview_url }) => (
        <li key={label}>
          <img src={preview_url} alt={say("picture", { number: label })} />
          <span class="mono">{label}</span>
        </li>
      ))}
    </ul>
  );
}
