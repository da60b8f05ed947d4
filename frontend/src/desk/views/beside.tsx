import type { ReadonlySignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { alongside, type Box, type Lie, type Size, WHOLE } from "../../shared/viewer/lie";
import { transformOf } from "../../shared/viewer/viewer";
import type { DeskItem } from "../core/contract";
import { useDesk } from "./context";
import { LARGEST_FIT, type Seen } from "./viewing";

interface BesideProps {
  readonly item: DeskItem | null;
  readonly seen: ReadonlySignal<Seen | null>;
}

/** A portrait beside the picture: its face is as high, and moves as the picture is moved. */
export function Beside({ item, seen }: BesideProps) {
  const { desk, actions, say } = useDesk();
  const [picture, setPicture] = useState<Size>({ width: 0, height: 0 });
  const portraits = desk.data.value?.portraits ?? [];
  const at = desk.looking.beside.value;
  const portrait = at === null ? undefined : portraits[at];
  if (at === null || !portrait) return null;
  const aim = desk.looking.aim.value;
  const ours = item?.faces[aim.at === "face" ? aim.nth : 0];
  return (
    <button
      type="button"
      class="stage__beside"
      title={say("helpCompare")}
      onClick={() => actions.compare.perform()}
    >
      <img
        key={portrait.url}
        src={portrait.url}
        alt={portrait.caption || (desk.data.value?.batch.subject.name ?? "")}
        draggable={false}
        onLoad={({ currentTarget }) =>
          setPicture({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })
        }
        style={{
          "--width": `${picture.width}px`,
          "--height": `${picture.height}px`,
          transform: transformOf(lieBeside(seen.value, ours, portrait.face, picture)),
        }}
      />
      <span class="stage__caption">
        {portrait.caption || say("besideIs", { at: at + 1, total: portraits.length })}
      </span>
    </button>
  );
}

function lieBeside(seen: Seen | null, ours: Box | undefined, face: Box | null, of: Size): Lie {
  if (!seen || !ours || !face) return WHOLE;
  const { stage, largest } = seen.frame;
  // Both halves of the stage are alike.
  const beside = { stage, picture: of, largest: largest || LARGEST_FIT };
  return alongside(seen.lie, [ours, seen.frame], [face, beside]);
}
