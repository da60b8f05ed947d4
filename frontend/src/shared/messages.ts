/**
 * All words that scripts put on the screen. English is the list of keys: a key that Chinese lacks,
 * or a blank that nobody fills, is a type error.
 */
import type { Language } from "./language";

const EN = {
  cancel: "Cancel",
  close: "Close",
  confirm: "Confirm",
  copied: "Copied",
  tryAgain: "Try again",

  keep: "Keep",
  reject: "Reject",
  unsure: "Unsure",
  subject_absent: "Not this person",
  other_face: "Somebody else in it",
  blurry: "Too blurry",
  covered: "Face covered",
  drawn: "Game card or drawn",
  rephoto: "Photo of a photo",
  duplicate: "Duplicate",
  subject_absentHow:
    "The person is not in the picture, or it is only somebody who looks like them.",
  other_faceHow: "Somebody else's face can be made out as well.",
  blurryHow: "The face is too small, out of focus or smeared to see who it is.",
  coveredHow: "A hand, mask, dark glasses, microphone or caption hides part of the face.",
  drawnHow: "A game card, drawing or figure instead of the person as they are.",
  rephotoHow: "A screen, poster, page or print that was photographed again.",
  duplicateHow: "Almost the same as another picture of the batch: only the better one stays.",
  keepHow: "One face, the right person, clear enough to know them by.",
  unsureHow: "You cannot tell. The picture goes to the next person.",

  batch: "Batch {number}",
  backToBatch: "Back to batch {number}",
  judgedOf: "{judged} of {total} judged",
  picture: "Picture {number}",
  yourVote: "Your vote: {vote}",
  previous: "Previous picture",
  forward: "Next picture",
  loading: "Opening the batch …",
  pictureLoading: "The picture is still loading.",
  pictureFailed: "This picture could not be loaded.",
  pictureFailedHow: "You can try again, go on to the next, or mark it unsure.",
  zoomed: "Enlarged {percent} %",

  undo: "Undo",
  nothingToUndo: "There is nothing to undo.",
  latest: "{number} · {vote}",
  latestUndone: "{number} · vote taken back",
  announceVote: "{number}: {vote}. Now {next}, {judged} of {total} judged.",
  announceLast: "{number}: {vote}. All pictures are judged.",
  announceUndone: "The vote on {number} is taken back.",
  several: "Several reasons",
  chooseReasons: "Choose the reasons, then confirm",
  rejectFor: "Reject · {count}",
  reasons: "Reasons to reject",
  whyReject: "Why reject it?",

  thisIs: "This is {name}",
  lookAlikes: "Easily confused with",
  noPortraits: "There are no portraits of {name} yet. Ask the organiser when in doubt.",
  howToTell: "How to tell",
  people: "Portraits",
  leaseEnds: "Your lease ends {when}.",
  leaseOver: "Your lease has ended. New votes may be refused.",

  manual: "Manual",
  manualTitle: "When to reject",
  wholeManual: "Read the whole manual",
  help: "Keys",
  helpTitle: "Keys and gestures",
  helpOneReason: "Reject for that reason and go on",
  helpSeveral:
    "Several reasons: hold the first number and press the others. Or Shift with a number, then more numbers, then Enter.",
  helpConfirm: "Confirm the reasons chosen · Esc lets go of them",
  helpKeep: "Keep",
  helpUnsure: "Unsure: the next person decides",
  helpUndo: "Undo, as often as you like, also after a reload",
  helpWalk: "Back and forward; a new vote replaces the old one",
  helpZoom: "Enlarge and back; also the wheel, or hold the mouse button or a finger",
  helpManual: "The manual",
  helpHelp: "This help",
  helpSwipe:
    "On a phone: swipe right to keep, left to choose why not. Hold a reason to choose several.",

  allSent: "All votes are stored",
  unsent: "{count} unsent",
  unsentSending: "Votes on their way: {count}.",
  unsentWaiting:
    "The server does not answer as it should. Votes waiting here to be sent again: {count}.",
  unsentOffline: "No connection. Votes kept on this device until it is back: {count}.",
  unsentSignedOut: "You are signed out. Votes kept on this device until you sign in: {count}.",
  signIn: "Sign in",

  doneTitle: "This batch is done",
  doneText: "Thank you. Every picture in it has your vote.",
  doneSending: "Votes still on their way: {count}. Keep this page open for a moment.",
  endTitle: "The end of the batch",
  endText: "Pictures still without your vote: {count}.",
  continueJudging: "Judge the rest",
  lookAgain: "Look through again",
  alreadyFull: "Skipped, as others have given enough votes already: {count}.",
  emptyTitle: "Nothing to judge here",
  emptyText: "Every picture in this batch already has enough votes.",

  refusedTitle: "These votes were not accepted",
  refusedKept: "Your other votes are safe.",
  refusedOne: "{numbers}: {why}",
  lease_expired: "Your lease on this batch has ended.",
  batch_closed: "The batch has been closed.",
  enough_votes: "Others have already given enough votes.",
  not_assigned: "This batch is not assigned to you.",
  consent_missing: "The consent for this person does not cover judging any more.",
  not_found: "The picture is no longer there.",
  reason_required: "A rejection needs a reason.",
  refusedOther: "The server did not accept it ({code}).",
  closedTitle: "Judging has stopped",
  closedText: "Pictures can still be looked at, but votes are no longer accepted.",
  cannotOpen: "The batch could not be opened",
  offlineOpen: "No answer from the server. Check the connection and try again.",
  earlierSent: "Votes from earlier on this device that are stored now: {count}.",
  earlierRefused: "Votes from earlier on this device that were not accepted: {count}. {why}",
} as const;

export type MessageKey = keyof typeof EN;

const ZH: Readonly<Record<MessageKey, string>> = {
  cancel: "取消",
  close: "关闭",
  confirm: "确定",
  copied: "已复制",
  tryAgain: "重试",

  keep: "保留",
  reject: "剔除",
  unsure: "不确定",
  subject_absent: "不是本人",
  other_face: "有别人的脸",
  blurry: "太模糊",
  covered: "脸被遮挡",
  drawn: "卡牌或手绘",
  rephoto: "翻拍",
  duplicate: "重复",
  subject_absentHow: "画面里没有本人，或者只是长得像的人。",
  other_faceHow: "除了本人，还能看清另一个人的脸。",
  blurryHow: "脸太小、失焦或拖影，看不清是谁。",
  coveredHow: "手、口罩、墨镜、话筒或字幕挡住了脸。",
  drawnHow: "游戏卡牌、手绘、手办等，不是本人的真实样子。",
  rephotoHow: "对着屏幕、海报、杂志或照片再拍的。",
  duplicateHow: "和这一批里的另一张几乎一样，只留更好的那张。",
  keepHow: "只有一张脸，是本人，清楚到能认出来。",
  unsureHow: "拿不准就选它，会交给下一位来判断。",

  batch: "批次 {number}",
  backToBatch: "回到批次 {number}",
  judgedOf: "已判 {judged} / {total}",
  picture: "图片 {number}",
  yourVote: "你的投票：{vote}",
  previous: "上一张",
  forward: "下一张",
  loading: "正在打开批次…",
  pictureLoading: "图片还在加载。",
  pictureFailed: "这张图片加载不出来。",
  pictureFailedHow: "可以重试，先看下一张，或者标为不确定。",
  zoomed: "放大 {percent}%",

  undo: "撤销",
  nothingToUndo: "没有可撤销的投票。",
  latest: "{number} · {vote}",
  latestUndone: "{number} · 已撤销",
  announceVote: "{number}：{vote}。现在是 {next}，已判 {judged} / {total}。",
  announceLast: "{number}：{vote}。全部判完了。",
  announceUndone: "已撤销对 {number} 的投票。",
  several: "多选理由",
  chooseReasons: "选好理由后确认",
  rejectFor: "剔除 · {count}",
  reasons: "剔除理由",
  whyReject: "为什么剔除？",

  thisIs: "本人：{name}",
  lookAlikes: "易混淆的人",
  noPortraits: "还没有{name}的参考照。拿不准就问组织者。",
  howToTell: "怎么区分",
  people: "参考照",
  leaseEnds: "领取期限{when}到期。",
  leaseOver: "领取期限已过，新的投票可能不会被接受。",

  manual: "手册",
  manualTitle: "什么样的要剔除",
  wholeManual: "看完整的筛图手册",
  help: "按键",
  helpTitle: "按键和手势",
  helpOneReason: "以这个理由剔除，接着看下一张",
  helpSeveral:
    "多个理由：按住第一个数字，再按其他数字，一起松开。或者 Shift＋数字，再按其他数字，最后 Enter。",
  helpConfirm: "确认选好的理由 · Esc 放弃",
  helpKeep: "保留",
  helpUnsure: "不确定，交给下一位",
  helpUndo: "撤销，可以连续撤销，刷新后也行",
  helpWalk: "前后翻看；重新投票会替换原来的",
  helpZoom: "放大、还原；也可以用滚轮，或者按住鼠标、按住屏幕",
  helpManual: "打开手册",
  helpHelp: "打开这个说明",
  helpSwipe: "手机上：右滑保留，左滑选剔除理由。长按理由可以多选。",

  allSent: "投票都已保存",
  unsent: "{count} 票未发送",
  unsentSending: "正在发送 {count} 票。",
  unsentWaiting: "服务器暂时没有正常回应。{count} 票先留在这里，会自动重发。",
  unsentOffline: "没有网络。{count} 票已存在这台设备上，恢复后自动发送。",
  unsentSignedOut: "登录已失效。{count} 票已存在这台设备上，登录后会继续发送。",
  signIn: "去登录",

  doneTitle: "这一批洗完了",
  doneText: "辛苦了！每一张都有了你的投票。",
  doneSending: "还有 {count} 票正在发送，请先别关页面。",
  endTitle: "到最后一张了",
  endText: "还有 {count} 张没有投票。",
  continueJudging: "继续判剩下的",
  lookAgain: "再看一遍",
  alreadyFull: "{count} 张的票数已经够了，已跳过。",
  emptyTitle: "这里没有要判的图片",
  emptyText: "这一批的每张图片都已经有足够的票了。",

  refusedTitle: "这些投票没有被接受",
  refusedKept: "其他投票都没有受影响。",
  refusedOne: "{numbers}：{why}",
  lease_expired: "这一批的领取期限已过。",
  batch_closed: "这一批已经关闭。",
  enough_votes: "别人投的票已经够了。",
  not_assigned: "这一批没有分给你。",
  consent_missing: "这个人物的授权已不再允许筛图。",
  not_found: "图片已经不在了。",
  reason_required: "剔除需要一个理由。",
  refusedOther: "服务器没有接受（{code}）。",
  closedTitle: "这一批不能再投票了",
  closedText: "图片还可以看，但不再接受投票。",
  cannotOpen: "打不开这一批",
  offlineOpen: "服务器没有回应。请检查网络后重试。",
  earlierSent: "这台设备上之前没发出的 {count} 票，现在都保存好了。",
  earlierRefused: "这台设备上之前没发出的票有 {count} 票没有被接受。{why}",
};

/** The names in braces in a text. */
type Blank<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Blank<Rest>
  : never;

type Fill<Key extends MessageKey> = [Blank<(typeof EN)[Key]>] extends [never]
  ? []
  : [blanks: Readonly<Record<Blank<(typeof EN)[Key]>, string | number>>];

export interface Messages {
  readonly language: Language;
  say<Key extends MessageKey>(key: Key, ...fill: Fill<Key>): string;
}

export function messagesFor(language: Language): Messages {
  const texts: Readonly<Record<MessageKey, string>> = language === "en" ? EN : ZH;
  return {
    language,
    say: (key, ...fill) => filled(texts[key], fill[0] ?? {}),
  };
}

function filled(text: string, blanks: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(blanks[name] ?? ""));
}

/** The texts themselves, for tests that compare the languages. */
export const TEXTS: Readonly<Record<Language, Readonly<Record<MessageKey, string>>>> = {
  en: EN,
  "zh-Hans": ZH,
};
