import { useDesk } from "./context";
import { useLater } from "./later";

const pinned = () => import("./asking").then(({ Pinned }) => Pinned);
const answers = () => import("./asking").then(({ Answers }) => Answers);

/** What was asked about the picture in view; most pictures are never asked about. */
export function PinnedLater() {
  const { desk } = useDesk();
  const Loaded = useLater(pinned, desk.asking.about(desk.askingAbout.item?.id ?? null).length > 0);
  return Loaded && Loaded !== "none" && <Loaded />;
}

/** What came of my own questions. */
export function AnswersLater() {
  const { desk } = useDesk();
  const isWanted = desk.asking.questions.value.some(({ mine }) => mine);
  const Loaded = useLater(answers, isWanted);
  return Loaded && Loaded !== "none" && <Loaded />;
}
