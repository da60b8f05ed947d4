import { useRef, useState } from "preact/hooks";
import type { FilterKey, Setting } from "../core/contract";
import { FILTER_KEYS, FILTERS, filteredBy, numFilters, SORTS, sortedBy } from "../core/question";
import type { Grid } from "../grid";

interface ToolbarProps {
  readonly grid: Grid;
  readonly setting: Setting;
}

/** What is listed, in which order, and the way to a number. */
export function Toolbar({ grid, setting }: ToolbarProps) {
  const { say } = grid.messages;
  const question = grid.question.value;
  const num = numFilters(question);
  const [isOpen, open] = useState(num > 0);
  return (
    <div class="tools" data-sticks>
      <div class="tools__line">
        <label class="tools__field">
          <span class="visually-hidden">{say("sort")}</span>
          <select
            value={question.sort}
            onChange={(event) => {
              const sort = SORTS.find((key) => key === event.currentTarget.value) ?? "number";
              grid.ask(sortedBy(question, sort));
            }}
          >
            {SORTS.map((key) => (
              <option key={key} value={key}>
                {say("sortedBy", { what: say(`sort_${key}`) })}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          class="button tools__way"
          aria-label={say(question.descending ? "descending" : "ascending")}
          title={say(question.descending ? "descending" : "ascending")}
          onClick={() => grid.ask({ ...question, descending: !question.descending })}
        >
          <span aria-hidden="true">{question.descending ? "↓" : "↑"}</span>
        </button>
        <button
          type="button"
          class="button"
          aria-expanded={isOpen}
          aria-controls="grid-filters"
          onClick={() => open(!isOpen)}
        >
          {num > 0 ? say("filtersNum", { count: num }) : say("filters")}
        </button>
        <GoTo grid={grid} />
      </div>
      <div class="tools__filters" id="grid-filters" hidden={!isOpen}>
        {FILTER_KEYS.map((key) => (
          <FilterChoice key={key} of={key} grid={grid} setting={setting} />
        ))}
      </div>
    </div>
  );
}

function FilterChoice({ of, grid, setting }: ToolbarProps & { readonly of: FilterKey }) {
  const { say } = grid.messages;
  const question = grid.question.value;
  const choices = choicesOf(of, grid, setting);
  if (choices.length === 0) return null;
  return (
    <label class="tools__field">
      <span>{say(`filter_${of}`)}</span>
      <select
        value={question.filters[of] ?? ""}
        onChange={(event) => grid.ask(filteredBy(question, of, event.currentTarget.value))}
      >
        <option value="">{say("anyChoice")}</option>
        {choices.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The filter's own choices with their words, or the rows that the page named. */
export function choicesOf(of: FilterKey, grid: Grid, setting: Setting) {
  const own = FILTERS[of];
  if (own === null) return setting.choices[of] ?? [];
  return own.map((value) => ({
    value,
    label: grid.messages.say(`${of}_${value}` as "state_kept"),
  }));
}

function GoTo({ grid }: { readonly grid: Grid }) {
  const input = useRef<HTMLInputElement>(null);
  const { say } = grid.messages;
  return (
    <form
      class="tools__go"
      onSubmit={(event) => {
        event.preventDefault();
        const number = Number(input.current?.value);
        if (!(number > 0)) return;
        void grid.goTo(number);
        document.getElementById("sheet")?.focus({ preventScroll: true });
      }}
    >
      <label class="tools__field">
        <span class="visually-hidden">{say("goTo")}</span>
        <input
          ref={input}
          id="grid-go-to"
          type="number"
          inputMode="numeric"
          min={1}
          max={2147483647}
          placeholder={say("goTo")}
        />
      </label>
      <button type="submit" class="button">
        {say("go")}
      </button>
    </form>
  );
}
