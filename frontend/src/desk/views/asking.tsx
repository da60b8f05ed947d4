/** Questions to the organiser: to ask one, what was answered. Loaded when there is one. */
import { useEffect, useRef, useState } from "preact/hooks";
import { buttonOf, signFor } from "../../shared/actions";
import type { PinnedQuestion } from "../core/contract";
import { labelIn, refusalInWords } from "../core/says";
import { useDesk } from "./context";

/** `MOST_LETTERS` of the server. */
const MOST_LETTERS = 300;

/** The form over the picture that is looked at. It takes no vote: the picture can be judged or left. */
export function Ask() {
  const { desk, say } = useDesk();
  const { asking, panels } = desk;
  const itemId = desk.askingAbout.item?.id;
  if (itemId === undefined) return null;
  const earlier = asking.about(itemId).filter(({ answer }) => answer !== "");
  return (
    <div class="ask">
      {earlier.map((each) => (
        <Exchange key={each.id} question={each} />
      ))}
      <Form
        key={itemId}
        itemId={itemId}
        done={(sentence) => {
          panels.open.value = null;
          desk.say(say(sentence));
        }}
      />
    </div>
  );
}

interface FormProps {
  readonly itemId: number;
  readonly done: (sentence: "asked" | "askWithdrawn") => void;
}

function Form({ itemId, done }: FormProps) {
  const { desk, say } = useDesk();
  const { asking } = desk;
  const waiting = asking.waiting(itemId);
  const draft = asking.draftOn(itemId);
  const [text, setText] = useState(draft.text ?? waiting?.text ?? "");
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);

  async function store(words: string | null): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    setProblem(null);
    const refused = await desk.askingAbout.ask(itemId, words);
    setBusy(false);
    if (refused !== null) return setProblem(refused);
    draft.keep(null);
    done(words === null ? "askWithdrawn" : "asked");
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void store(text.trim());
      }}
    >
      <label>
        {say(waiting ? "askWaiting" : "askHow")}
        <textarea
          ref={field}
          rows={3}
          required
          maxLength={MOST_LETTERS}
          value={text}
          placeholder={say("askExample")}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            draft.keep(currentTarget.value);
          }}
        />
      </label>
      <p class="ask__count muted small">
        {text.length} / {MOST_LETTERS}
      </p>
      <div role="alert">
        {problem !== null && <p class="notice notice--stop">{inWords(problem)}</p>}
      </div>
      <footer class="row">
        <button
          type="submit"
          class="button button--primary"
          aria-busy={isBusy}
          disabled={text.trim() === ""}
        >
          {say(waiting ? "askChange" : "askSend")}
        </button>
        {waiting && (
          <button type="button" class="button" onClick={() => void store(null)}>
            {say("askWithdraw")}
          </button>
        )}
      </footer>
    </form>
  );

  function inWords(code: string): string {
    return code === "offline" ? say("askOffline") : refusalInWords(desk.messages, code);
  }
}

function Exchange({ question }: { question: PinnedQuestion }) {
  const { say } = useDesk();
  const { text, answer, mine } = question;
  return (
    <dl class="exchange">
      <dt>{say(mine ? "askMine" : "askTheirs")}</dt>
      <dd>{text}</dd>
      <dt>{say("askAnswer")}</dt>
      <dd class="exchange__answer">{answer || say("askOpen")}</dd>
    </dl>
  );
}

/** Over the picture's corner, to be folded away: it moves nothing. Over a page it comes folded. */
export function Pinned() {
  const { desk, actions, say } = useDesk();
  const at = desk.askingAbout.item?.id ?? null;
  const questions = desk.asking.about(at);
  if (questions.length === 0) return null;
  if (questions.every(({ answer }) => answer === "")) {
    return (
      <button {...buttonOf(actions.ask)} class="pinned pinned--open">
        {say("askOpen")} <kbd>{signFor(actions.ask)}</kbd>
      </button>
    );
  }
  return (
    <details class="pinned" key={at} open={desk.modes.page === null}>
      <summary>{say("askAnswered")}</summary>
      {questions.map((each) => (
        <Exchange key={each.id} question={each} />
      ))}
    </details>
  );
}

/** At the end: my questions, each with the way back to its picture. */
export function Answers() {
  const { desk, say } = useDesk();
  const mine = desk.asking.questions.value.filter((each) => each.mine);
  const back = (itemId: number) => {
    desk.modes.choose("single", desk.session);
    desk.happen({ type: "wentTo", itemId });
  };
  return (
    <section class="answers">
      <h3>{say("askAll")}</h3>
      <ul>
        {mine.map((each) => (
          <li key={each.id}>
            <button type="button" class="button button--small" onClick={() => back(each.item_id)}>
              {say("picture", { number: labelIn(desk.session, each.item_id) })}
            </button>
            <Exchange question={each} />
          </li>
        ))}
      </ul>
    </section>
  );
}
