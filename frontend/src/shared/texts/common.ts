/** Words of every page, and what a refusal means. */

export const COMMON_EN = {
  cancel: "Cancel",
  close: "Close",
  confirm: "Confirm",
  copied: "Copied",
  tryAgain: "Try again",

  lease_expired: "Your lease on this batch has ended.",
  batch_closed: "The batch has been closed.",
  enough_votes: "Others have already given enough votes.",
  not_assigned: "This batch is not assigned to you.",
  consent_missing: "The consent for this person does not cover judging any more.",
  not_found: "The picture is no longer there.",
  reason_required: "A rejection needs a reason.",
  not_signed_in: "You are signed out. Sign in again to go on.",
  other_person: "Somebody else has signed in in this browser. Sign in again to go on.",
  other_picture: "The picture here is no longer the one that was on your screen.",
  letGo: "Let them go",
  later: "Later",
  letGoSure: "Let these votes go? They are deleted from this device: {count}.",
  refusedOther: "The server did not accept it ({code}).",
  offlineOpen: "No answer from the server. Check the connection and try again.",
  earlierSent: "Votes from earlier on this device that are stored now: {count}.",
  earlierRefused:
    "Votes on this device that were not accepted: {count}. They stay here until you decide. {why}",
} as const;

export const COMMON_ZH: Readonly<Record<keyof typeof COMMON_EN, string>> = {
  cancel: "取消",
  close: "关闭",
  confirm: "确定",
  copied: "已复制",
  tryAgain: "重试",

  lease_expired: "这一批的领取期限已过。",
  batch_closed: "这一批已经关闭。",
  enough_votes: "别人投的票已经够了。",
  not_assigned: "这一批没有派给你。",
  consent_missing: "这个人物的授权已不再允许筛图。",
  not_found: "图片已经不在了。",
  reason_required: "剔除至少要选一个理由。",
  not_signed_in: "登录已失效。要继续请重新登录。",
  other_person: "这个浏览器换了人登录。要继续请重新登录。",
  other_picture: "这里的图片已经不是你屏幕上的那张了。",
  letGo: "不要了",
  later: "以后再说",
  letGoSure: "确定不要这 {count} 票了吗？会从这台设备上删掉。",
  refusedOther: "服务器没有接受（{code}）。",
  offlineOpen: "服务器没有回应。请检查网络后重试。",
  earlierSent: "这台设备上之前没发出的 {count} 票，现在都保存好了。",
  earlierRefused: "这台设备上有 {count} 票没有被接受，会留在这里等你决定。{why}",
};
