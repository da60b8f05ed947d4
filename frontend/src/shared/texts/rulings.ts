/** Words of the page on which contested pictures are settled. */
export const RULINGS_EN = {
  contested: "Contested",
  ruled: "{number}: {ruling}.",
  rulingUndone: "The ruling on {number} is undone.",
  rulingsStored: "All rulings are stored",
  rulingsUnsent: "{count} not stored yet",
  rulingsRefused: "{count} rulings were not accepted",
  ruledMeanwhile: "Somebody else has settled it meanwhile.",
  rulingReasonNotUsed:
    "The manual does not use this reason any more. Load the page again and choose another one.",
  votesOnIt: "Votes on it",
  blindHere:
    "This picture still needs votes, so other people's votes stay hidden until all are in or you have voted.",
  settledBy: "Settled by {person}",
  youRuled: "Your ruling",
  votedBefore: "Changed after seeing what the machine or others say. Before that:",
  portrait: "Portrait",
  lookAlike: "Easily confused",
  note: "Note (optional)",
  nothingContested: "Nothing is contested",
  nothingContestedHow:
    "Where volunteers cannot agree, the picture is shown here for an organiser to settle.",
  backToSubject: "Back to the subject",
} as const;

export const RULINGS_ZH: Readonly<Record<keyof typeof RULINGS_EN, string>> = {
  contested: "有争议",
  ruled: "{number}：{ruling}。",
  rulingUndone: "已撤销对 {number} 的裁定。",
  rulingsStored: "裁定都已保存",
  rulingsUnsent: "{count} 个裁定还没保存",
  rulingsRefused: "{count} 个裁定没有被接受",
  ruledMeanwhile: "期间已由别人裁定。",
  rulingReasonNotUsed: "手册里已经没有这个理由了。刷新页面，换一个理由吧。",
  votesOnIt: "大家的投票",
  blindHere: "这张图片还需要投票，所以在票投齐或你投票之前，看不到别人的票。",
  settledBy: "{person} 的裁定",
  youRuled: "你的裁定",
  votedBefore: "看过机器或别人的意见后改的。原来是：",
  portrait: "参考照",
  lookAlike: "易混淆",
  note: "备注（可不填）",
  nothingContested: "没有争议",
  nothingContestedHow: "志愿者意见不一的图片会来到这里，由组织者裁定。",
  backToSubject: "回到人物",
};
