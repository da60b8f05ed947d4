import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Action, actionFor, buttonOf, signFor } from "../../shared/actions";
import { goldAction } from "../actions";
import type { Choice, Reason } from "../core/contract";
import type { Answer } from "../core/gold";
import type { Grid } from "../grid";

/** What can be done with what is chosen; there only while something is. */
export function ActBar({ grid }: { readonly grid: Grid }) {
  const { say, language } = grid.messages;
  const num = grid.num.value;
  const total = grid.total.value ?? 0;
  if (num === 0) return null;
  const gold = goldAction(grid);
  return (
    <section class="acts" aria-label={say("gridChosen", { count: num })}>
      <strong class="acts__num">
        {say("gridChosen", { count: num.toLocaleString(language) })}
      </strong>
      <button type="button" class="button button--quiet" onClick={() => grid.chooseNone()}>
        {say("chooseNone")}
      </button>
      {num < total && (
        <button type="button" class="button button--quiet" onClick={() => grid.chooseAll()}>
          {say("chooseAllListed", { count: total.toLocaleString(language) })}
        </button>
      )}
      <span class="acts__do">
        {grid.acts.mayBeDistinct && (
          <button
            type="button"
            class="button"
            aria-busy={grid.acts.busy.value}
            onClick={() => void grid.acts.markDistinct()}
          >
            {say("markDistinct")}
          </button>
        )}
        <button {...buttonOf(gold)} class="button">
          {gold.label} <kbd>{signFor(gold)}</kbd>
        </button>
        <button
          type="button"
          class="button button--primary"
          onClick={() => {
            grid.acts.asked.value = "cut";
          }}
        >
          {say("intoBatch")}
        </button>
        <button
          type="button"
          class="button button--danger"
          onClick={() => {
            grid.acts.asked.value = "reject";
          }}
        >
          {say("rejectChosen")}
        </button>
      </span>
    </section>
  );
}

interface ConfirmProps {
  readonly grid: Grid;
  readonly reasons: readonly Choice[];
}

/** Says how many it is about before anything is done. */
export function Confirm({ grid, reasons }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const asked = grid.acts.asked.value;
  // Before anything else is heard: the next key is the dialog's.
  useLayoutEffect(() => {
    if (asked) dialog.current?.showModal();
    else dialog.current?.close();
  }, [asked]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="act-title"
      onClose={() => {
        grid.acts.asked.value = null;
      }}
    >
      {asked === "cut" && <Cut grid={grid} />}
      {asked === "gold" && <Gold grid={grid} reasons={reasons} />}
      {asked === "reject" && <Reject grid={grid} reasons={reasons} />}
    </dialog>
  );
}

function Cut({ grid }: { readonly grid: Grid }) {
  const { say, language } = grid.messages;
  const [size, setSize] = useState(100);
  const count = grid.num.value.toLocaleString(language);
  return (
    <Question
      grid={grid}
      title={say("cutTitle", { count })}
      text={say("cutText")}
      button={say("cutDo", { count })}
      tone="primary"
      onAgree={() => void grid.acts.cut(size)}
    >
      <label>
        {say("cutSize")}
        <input
          type="number"
          min={1}
          max={1000}
          required
          value={size}
          onInput={(event) => setSize(event.currentTarget.valueAsNumber)}
        />
      </label>
    </Question>
  );
}

function Reject({ grid, reasons }: ConfirmProps) {
  const { say, language } = grid.messages;
  const [reason, setReason] = useState(
    (reasons.find(({ value }) => value === "duplicate") ?? reasons[0])?.value as Reason,
  );
  const count = grid.num.value.toLocaleString(language);
  return (
    <Question
      grid={grid}
      title={say("rejectTitle", { count })}
      text={say("rejectText")}
      button={say("rejectDo", { count })}
      tone="danger"
      onAgree={() => void grid.acts.reject(reason)}
    >
      <label>
        {say("rejectReason")}
        <select value={reason} onChange={(event) => setReason(event.currentTarget.value as Reason)}>
          {reasons.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </Question>
  );
}

/** The right answer, by the keys with which volunteers give theirs. */
function Gold({ grid, reasons }: ConfirmProps) {
  const { say, language } = grid.messages;
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [note, setNote] = useState("");
  const count = grid.num.value.toLocaleString(language);
  const choose = (id: Answer, label: string, key: string): Action => ({
    id,
    label,
    keys: [key],
    enabled: true,
    perform: () => setAnswer(id),
  });
  const answers = [
    choose("keep", say("goldAnswerKeep"), "K"),
    ...reasons.map(({ value, label }, n) =>
      choose(value as Reason, say("goldAnswerReject", { reason: label }), String(n + 1)),
    ),
    choose("none", say("goldNone"), "N"),
  ];
  return (
    <Question
      grid={grid}
      title={say("goldTitle", { count })}
      text={say("goldText")}
      button={say(answer === "none" ? "goldDoNone" : "goldDo", { count })}
      tone="primary"
      onAgree={() => answer && void grid.acts.gold(answer, answer === "none" ? "" : note)}
    >
      <fieldset
        class="answers"
        onKeyDown={(event) => {
          const chosen = actionFor(answers, event);
          if (!chosen) return;
          event.preventDefault();
          chosen.perform();
        }}
      >
        <legend>{say("goldAnswer")}</legend>
        {answers.map((each) => (
          <label key={each.id} class="choice">
            <input
              type="radio"
              name="answer"
              required
              checked={answer === each.id}
              onChange={() => each.perform()}
            />
            <span>{each.label}</span> <kbd>{signFor(each)}</kbd>
          </label>
        ))}
      </fieldset>
      {answer !== "none" && (
        <label>
          {say("goldNote")}
          <input
            type="text"
            maxLength={300}
            value={note}
            onInput={(event) => setNote(event.currentTarget.value)}
          />
        </label>
      )}
    </Question>
  );
}

interface QuestionProps {
  readonly grid: Grid;
  readonly title: string;
  readonly text: string;
  readonly button: string;
  readonly tone: "primary" | "danger";
  readonly onAgree: () => void;
  readonly children: preact.ComponentChildren;
}

function Question({ grid, title, text, button, tone, onAgree, children }: QuestionProps) {
  const { say } = grid.messages;
  return (
    <article>
      <header>
        <h2 id="act-title">{title}</h2>
      </header>
      <form
        id="act"
        onSubmit={(event) => {
          event.preventDefault();
          onAgree();
        }}
      >
        <p>{text}</p>
        {children}
      </form>
      <footer>
        <button
          type="button"
          class="button button--quiet"
          onClick={() => {
            grid.acts.asked.value = null;
          }}
        >
          {say("cancel")}
        </button>
        <button
          type="submit"
          form="act"
          class={`button button--${tone}`}
          aria-busy={grid.acts.busy.value}
          disabled={grid.acts.busy.value}
        >
          {button}
        </button>
      </footer>
    </article>
  );
}
