/** Words of taking a batch along. */

export const ALONG_EN = {
  along: "Take along",
  alongTitle: "Judge this batch without a connection",
  helpAlong: "Take the batch along, for where there is no connection",
  alongWeighing: "Looking how large it is…",
  alongWeight:
    "{count} pictures, about {size}. They stay on this device until your lease ends, {until}, and go when you return the batch or sign out.",
  alongUnknown: "How large it is could not be learnt. Is there a connection?",
  alongTake: "Take along",
  alongTaking: "{done} of {total} pictures are here.",
  alongStop: "Stop",
  alongHere: "With you until {until}: all {count} pictures, {size}.",
  alongPart: "With you until {until}: {count} of {total} pictures, {size}.",
  alongHow:
    "Open this page as usual, also without a connection. Votes are kept on this device and sent when the connection is back.",
  alongRest: "Take the others too",
  alongLeave: "Leave it here",
  alongLeaveHow: "Takes the pictures off this device. Your votes stay.",
  alongCap: "No more than {size} can be taken along, all batches together.",
  alongCut: "The connection broke. The pictures that had come are here.",
  alongFull:
    "There is not enough room on this device, so nothing was taken along. Your votes are safe. Free some space, then try again.",
  alongRefused: "The batch may not be taken along: the server refused its pictures.",
  alongRenewed: "The site was renewed since this page was opened. Reload the page, then try again.",
  alongOffline: "That could not be done: there is no connection.",
  alongInApp:
    "The browser inside this app cannot keep pictures. Your votes are safe: what is not sent yet stays on this device.",
  alongOutside:
    "To take the batch along, open this page in your browser: tap ··· at the top right, then “Open in browser”. You sign in there once.",
  alongInsecure:
    "This site was opened without https, and browsers keep pictures only with it. Your votes are safe all the same.",
  alongCopy: "Copy the address",
  alongCopied: "Copied",
  pictureNotHere: "No connection, and this picture is not on this device.",
  pictureNotHereHow: "It will come when the connection is back. You can go on to the next.",
} as const;

export const ALONG_ZH: Readonly<Record<keyof typeof ALONG_EN, string>> = {
  along: "带走",
  alongTitle: "带走这一批，没网也能筛",
  helpAlong: "把这一批存到这台设备上，没网也能筛",
  alongWeighing: "正在算有多大…",
  alongWeight:
    "{count} 张图片，约 {size}。存在这台设备上，到你的领取期限（{until}）为止；归还或退出登录时会一起删掉。",
  alongUnknown: "没能算出有多大，看看网络是不是断了。",
  alongTake: "带走",
  alongTaking: "已存好 {done} / {total} 张。",
  alongStop: "停下",
  alongHere: "已经带上，可以用到 {until}：全部 {count} 张，{size}。",
  alongPart: "已经带上，可以用到 {until}：{total} 张里的 {count} 张，{size}。",
  alongHow: "像平时一样打开这个页面就行，没网也能打开。投票先存在这台设备上，有网时自动发送。",
  alongRest: "把其余的也带上",
  alongLeave: "不带了",
  alongLeaveHow: "从这台设备上删掉图片，你的投票都会留着。",
  alongCap: "所有批次加起来，最多带走 {size}。",
  alongCut: "网络断了，已经下好的图片都在。",
  alongFull: "这台设备的空间不够，这次没有带上。你的投票都在。腾出一些空间后再试。",
  alongRefused: "这一批不能带走：服务器不让下载它的图片。",
  alongRenewed: "网站在你打开页面之后更新过。刷新一下页面，再试一次。",
  alongOffline: "没有网络，这次没办成。",
  alongInApp: "这个应用自带的浏览器存不了图片。你的投票很安全：还没发出的都留在这台设备上。",
  alongOutside: "想带走这一批，请点右上角 ···，选“在浏览器打开”，在那里登录一次就好。",
  alongInsecure: "这个网站没有用 https 打开，浏览器不肯存图片。你的投票一样安全。",
  alongCopy: "复制网址",
  alongCopied: "已复制",
  pictureNotHere: "没有网络，这张图片也不在这台设备上。",
  pictureNotHereHow: "有网时会自动加载，可以先看下一张。",
};
