import { Component } from "preact";
import type { Messages } from "../../shared/messages";
import type { FactKey, GridImage } from "../core/contract";
import { factOf } from "../core/facts";

export interface CellProps {
  readonly position: number;
  readonly column: number;
  readonly side: number;
  readonly image: GridImage | null;
  /** It goes by too fast to be looked at: its number is drawn, its picture is not fetched. */
  readonly isFlying: boolean;
  readonly isChosen: boolean;
  readonly isActive: boolean;
  /** The fact that the list is sorted by. */
  readonly fact: FactKey | null;
  /** What the machine suspects, in words. */
  readonly suspicion: string | null;
  /** The known answer, in words. */
  readonly gold: string | null;
  readonly messages: Messages;
}

export function cellId(position: number): string {
  return `cell-${position}`;
}

export function numberOf(image: GridImage): string {
  return String(image.number).padStart(5, "0");
}

/** One picture. It is drawn anew only when something of it has changed: scrolling draws thousands. */
export class Cell extends Component<CellProps> {
  override shouldComponentUpdate(next: CellProps): boolean {
    const keys = Object.keys(next) as (keyof CellProps)[];
    return keys.some((key) => next[key] !== this.props[key]);
  }

  /** What was shown once stays: a picture does not go away because the list moves on. */
  #hasPicture = false;

  override render(props: CellProps) {
    if (props.image && !props.isFlying) this.#hasPicture = true;
    const { position, column, side, image, isChosen, isActive, suspicion, gold, messages } = props;
    const classes = ["cell"];
    if (image) classes.push(`cell--${image.state}`);
    if (isChosen) classes.push("cell--chosen");
    if (isActive) classes.push("cell--active");
    return (
      // biome-ignore lint/a11y/useSemanticElements: rows that come and go are no table's
      // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names the active cell
      <div
        role="gridcell"
        id={cellId(position)}
        class={classes.join(" ")}
        data-position={position}
        aria-colindex={column + 1}
        aria-selected={isChosen}
        aria-label={labelOf(props)}
        style={{ width: `${side}px` }}
      >
        <span class="cell__box" style={{ height: `${side}px` }}>
          {image && this.#hasPicture && (
            <img
              class="cell__image"
              src={`${image.folder}thumb.webp`}
              alt=""
              width={side}
              height={side}
              decoding="async"
              draggable={false}
            />
          )}
          {image && <span class="cell__state" aria-hidden="true" />}
          {suspicion && (
            <span
              class="cell__suspicion"
              title={messages.say("cellSuspected", { what: suspicion })}
              aria-hidden="true"
            />
          )}
          {image?.gold && (
            <span
              class={`cell__gold cell__gold--${image.gold.verdict}`}
              title={gold ?? ""}
              aria-hidden="true"
            />
          )}
          {image && <span class="cell__check" data-check aria-hidden="true" />}
        </span>
        {image && <Caption {...props} image={image} />}
      </div>
    );
  }
}

function Caption({ image, fact, messages }: CellProps & { readonly image: GridImage }) {
  return (
    <span class="cell__caption" aria-hidden="true">
      <span class="cell__number">{numberOf(image)}</span>
      {fact && <span class="cell__fact">{factOf(image.facts, fact, messages.language)}</span>}
    </span>
  );
}

function labelOf({ image, fact, suspicion, gold, messages }: CellProps): string {
  const { say, language } = messages;
  if (!image) return say("cellLoading");
  const said = [say("cellLabel", { number: numberOf(image), state: say(`state_${image.state}`) })];
  if (fact) said.push(`${say(`sort_${fact}`)} ${factOf(image.facts, fact, language)}`);
  if (suspicion) said.push(say("cellSuspected", { what: suspicion }));
  if (gold) said.push(gold);
  return said.join(", ");
}
