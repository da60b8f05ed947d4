/** The three answers; the reasons to reject come with the manual of a batch. */

export const VOTES_EN = {
  keep: "Keep",
  reject: "Reject",
  unsure: "Unsure",
  keepHow: "One face, the right person, clear enough to know them by.",
  unsureHow: "You cannot tell. The picture goes to the next person.",
} as const;

export const VOTES_ZH: Readonly<Record<keyof typeof VOTES_EN, string>> = {
  keep: "保留",
  reject: "剔除",
  unsure: "不确定",
  keepHow: "只有一张脸，是本人，清楚到能认出来。",
  unsureHow: "拿不准就选它，会交给下一位来筛。",
};
