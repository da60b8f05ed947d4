import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Messages } from "../shared/messages";
import { type Chosen, chosenIn, droppedIn } from "./chosen";
import type { ImportLater } from "./import-later";
import { Progress } from "./progress";
import type { Sender } from "./sender";

interface PanelProps {
  readonly sender: Sender;
  readonly importing: ImportLater;
  readonly messages: Messages;
  /** What is there of an upload that was broken off. */
  readonly leftOver: { readonly whole: number; readonly files: number } | null;
  readonly onDiscard: () => Promise<void>;
}

/** Where files and folders are chosen or dropped, and how far their sending has come. */
export function Panel({ sender, importing, messages, leftOver, onDiscard }: PanelProps) {
  const { say } = messages;
  const going = sender.going.value;
  return (
    <div class="upload stack">
      {leftOver && going === "still" && (
        <div class="notice">
          <p>{say("uploadLeftOver", leftOver)}</p>
          <Discard say={say} onDiscard={onDiscard} />
        </div>
      )}
      <Zone say={say} onChosen={(chosen) => void sender.add(chosen)} />
      {sender.refusal.value && (
        <p class="notice notice--stop" role="alert">
          {sender.refusal.value.message || say("offlineOpen")}
        </p>
      )}
      {going !== "still" && <Progress sender={sender} messages={messages} />}
      {importing.isWanted.value && (
        <p class="notice" role="status">
          {say("uploadImportLater")}
        </p>
      )}
      {going !== "still" && <Discard say={say} onDiscard={onDiscard} />}
    </div>
  );
}

interface ZoneProps {
  readonly say: Messages["say"];
  readonly onChosen: (chosen: Chosen[] | Promise<Chosen[]>) => void;
}

function Zone({ say, onChosen }: ZoneProps) {
  const isOver = useSignal(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  function take(event: Event): void {
    const field = event.currentTarget as HTMLInputElement;
    onChosen(chosenIn(field.files ?? []));
    field.value = "";
  }
  function drop(event: DragEvent): void {
    event.preventDefault();
    isOver.value = false;
    if (event.dataTransfer) onChosen(droppedIn(event.dataTransfer));
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one more way; the buttons are for all
    <div
      class={`dropzone upload__zone${isOver.value ? " is-over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => {
        isOver.value = false;
      }}
      onDrop={drop}
    >
      <p class="upload__words">{say("uploadDrop")}</p>
      <div class="upload__buttons">
        <button type="button" class="button" onClick={() => files.current?.click()}>
          {say("uploadFiles")}
        </button>
        <button type="button" class="button" onClick={() => folder.current?.click()}>
          {say("uploadFolder")}
        </button>
      </div>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        onChange={take}
        aria-label={say("uploadFiles")}
      />
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        onChange={take}
        aria-label={say("uploadFolder")}
        {...{ webkitdirectory: true }}
      />
      <p class="field__help">{say("uploadHelp")}</p>
    </div>
  );
}

interface DiscardProps {
  readonly say: Messages["say"];
  readonly onDiscard: () => Promise<void>;
}

/** A second press is the confirmation: nothing that took an hour goes by one slip. */
function Discard({ say, onDiscard }: DiscardProps) {
  const isSure = useSignal(false);
  if (!isSure.value)
    return (
      <button
        type="button"
        class="button button--quiet button--small"
        onClick={() => {
          isSure.value = true;
        }}
      >
        {say("uploadDiscard")}
      </button>
    );
  return (
    <div class="row">
      <button
        type="button"
        class="button button--danger button--small"
        onClick={() => void onDiscard()}
      >
        {say("uploadDiscardSure")}
      </button>
      <button
        type="button"
        class="button button--quiet button--small"
        onClick={() => {
          isSure.value = false;
        }}
      >
        {say("cancel")}
      </button>
    </div>
  );
}
