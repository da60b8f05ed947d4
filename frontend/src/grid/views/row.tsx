import { Component } from "preact";
import type { FactKey, Setting } from "../core/contract";
import { goldOf } from "../core/gold";
import type { Selection } from "../core/selection";
import { suspicionOf } from "../core/suspicion";
import type { Grid } from "../grid";
import { Cell } from "./cell";
import type { Span } from "./drawn";
import type { Layout } from "./layout";

interface RowProps extends Span {
  readonly index: number;
  readonly layout: Layout;
  readonly grid: Grid;
  readonly setting: Setting;
  readonly arrivals: number;
  readonly selection: Selection;
  readonly isFlying: boolean;
  /** The position with the cursor, if it is in this row. */
  readonly active: number | null;
  readonly fact: FactKey | null;
}

/** A row of pictures, or as many of them as are drawn; anew only when something of it has changed. */
export class Row extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    const keys = Object.keys(next) as (keyof RowProps)[];
    return keys.some((key) => next[key] !== this.props[key]);
  }

  override render({ index, first, end, layout, ...props }: RowProps) {
    const { grid, setting } = props;
    const start = index * layout.columns;
    const style = {
      top: `${index * layout.row}px`,
      height: `${layout.row - layout.gap}px`,
      gap: `${layout.gap}px`,
      // Where those stand that are not drawn yet.
      paddingLeft: `${(first - start) * (layout.side + layout.gap)}px`,
    };
    return (
      // biome-ignore lint/a11y/useSemanticElements: rows that come and go are no table's
      // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names the active cell
      <div role="row" class="sheet__row" aria-rowindex={index + 1} style={style}>
        {Array.from({ length: end - first }, (_, n) => {
          const position = first + n;
          const image = grid.at(position);
          return (
            <Cell
              key={position}
              position={position}
              column={position - start}
              side={layout.side}
              image={image}
              isFlying={props.isFlying}
              isChosen={image !== null && grid.isChosen(image)}
              isActive={position === props.active}
              fact={props.fact}
              suspicion={suspicionOf(image, setting)}
              gold={goldOf(image, setting, grid.messages)}
              messages={grid.messages}
            />
          );
        })}
      </div>
    );
  }
}

/** The rows that these positions are in, each with those of its own. */
export function rowsOf({ first, end }: Span, columns: number): (Span & { index: number })[] {
  const rows = [];
  for (let index = Math.floor(first / columns); index * columns < end; index++) {
    rows.push({
      index,
      first: Math.max(first, index * columns),
      end: Math.min(end, (index + 1) * columns),
    });
  }
  return rows;
}
