/** The one page that the service worker writes itself: there is no line, and this is what is here. */
import type { Taken } from "../desk/kept/database";

const STYLE = `body{max-width:34rem;margin:15vh auto 0;padding:0 1.5rem;font:1.0625rem/1.6 system-ui,
"PingFang SC","Noto Sans CJK SC",sans-serif;color:#2a2622;background:#faf7f2}h1{font-size:1.5rem}
a{color:#2d5274}li a{display:block;padding:.625rem 0}@media(prefers-color-scheme:dark){body{color:#ece6dd;
background:#181613}a{color:#9fc0df}}`;

interface Said {
  /** The time for the batch that was asked for has ended. */
  readonly over: boolean;
  readonly taken: readonly Taken[];
}

export function saidOffline({ over, taken }: Said): Response {
  const english = !/^zh/i.test(navigator.language);
  const [title, text] = english ? wordsEnglish(over) : wordsChinese(over);
  const links = taken.map(({ url, subject, number }) => {
    const words = english ? `${subject} · batch ${number}` : `${subject} · 批次 ${number}`;
    return `<li><a href="${escaped(url)}">${escaped(words)}</a></li>`;
  });
  const page = `<!doctype html><html lang="${english ? "en" : "zh-Hans"}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>${STYLE}</style></head><body><main><h1>${title}</h1><p>${text}</p><ul>${links.join("")}</ul>
</main></body></html>`;
  const headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Cache-Control": "no-store",
  };
  return new Response(page, { headers });
}

function wordsEnglish(over: boolean): [string, string] {
  return over
    ? [
        "The time for this batch has ended",
        "Its pictures were removed from this device. Votes that were not sent yet are kept here, and go out when there is a connection.",
      ]
    : ["No connection", "These batches are on this device, and can be judged without one:"];
}

function wordsChinese(over: boolean): [string, string] {
  return over
    ? ["这一批的期限已过", "图片已从这台设备上删掉。还没发出的投票都留着，有网络时会自动发送。"]
    : ["没有网络", "这几批在这台设备上，没有网络也能筛："];
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
