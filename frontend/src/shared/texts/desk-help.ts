/** Words of the help, and of the keys that people change. */

export const DESK_HELP_EN = {
  help: "Keys",
  helpTitle: "Keys and gestures",
  helpOneReason: "Reject for that reason and go on",
  helpSeveral:
    "Several reasons: hold the first number and press the others. Or Shift with a number, then more numbers, then Enter.",
  helpConfirm: "Confirm the chosen reasons · Esc clears them",
  helpKeep: "Keep",
  helpUnsure: "Unsure: the next person decides",
  helpUndo: "Undo, as often as you like, also after a reload",
  helpWalk: "Back and forward; a new vote replaces the old one",
  helpFace: "The face, large; again for the next face, from left to right",
  helpZoom: "The picture's own pixels, and back; also double tap, pinch, wheel, or hold",
  helpCompare: "A portrait beside it, the face as large; again for the next portrait",
  helpStay: "Stay at the face in the pictures that follow",
  helpWhole: "The whole picture again · Esc too",
  helpManual: "The manual",
  helpHelp: "This help",
  helpSwipe:
    "On a phone: swipe right to keep, left to choose why not; while the picture is enlarged a finger moves it. Hold a reason to choose several.",

  keysChange: "Change keys",
  keysDone: "Done",
  keysHow: "Choose an action, then press its new key. It is kept on this device.",
  keysPress: "Press the new key for “{label}”. Esc leaves it as it is.",
  keysTaken: "“{label}” is now on {sign}.",
  keysClash: "{sign} already means “{label}”. Press another key.",
  keysElsewhere: "{sign} already means something at the desk. Press another key.",
  keysUnfit: "That key cannot be used here. Press another one.",
  keysReset: "All keys as they were",
} as const;

export const DESK_HELP_ZH: Readonly<Record<keyof typeof DESK_HELP_EN, string>> = {
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
  helpFace: "放大看脸；有几张脸就再按，从左到右",
  helpZoom: "原始像素、还原；也可以双击、双指、滚轮，或者按住不放",
  helpCompare: "旁边放一张参考照，脸一样大；再按换下一张",
  helpStay: "后面的图片也直接看脸",
  helpWhole: "回到全图 · Esc 也行",
  helpManual: "打开手册",
  helpHelp: "打开这个说明",
  helpSwipe: "手机上：右滑保留，左滑选剔除理由；放大后单指是移动图片。长按理由可以多选。",

  keysChange: "改按键",
  keysDone: "改好了",
  keysHow: "先选一个操作，再按新的键。只保存在这台设备上。",
  keysPress: "请按“{label}”的新按键，按 Esc 不改。",
  keysTaken: "“{label}”现在是 {sign} 键。",
  keysClash: "{sign} 已经是“{label}”了，请换一个键。",
  keysElsewhere: "{sign} 在筛图台已经有别的用处了，请换一个键。",
  keysUnfit: "这个键不能用，请换一个。",
  keysReset: "全部恢复原样",
};
