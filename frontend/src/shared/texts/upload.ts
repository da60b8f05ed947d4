/** Words of the sending of files. */

export const UPLOAD_EN = {
  uploadDrop: "Drop pictures, films, folders or packs here, or",
  uploadFiles: "Choose files",
  uploadFolder: "Choose a folder",
  uploadHelp: "Up to 50,000 files of up to 32 GB. Names and folders are kept as they are.",
  uploadFilesOf: "{whole} / {files} files",
  uploadGoing: "Sending …",
  uploadSecondsLeft: "{speed} a second, about {seconds} s left",
  uploadMinutesLeft: "{speed} a second, about {minutes} min left",
  uploadBroken:
    "No answer from the server at the moment. What has arrived is kept, and sending goes on by itself.",
  uploadDone: "All files have arrived. They are not imported yet: press Import.",
  uploadImportLater:
    "The import begins by itself when all files have arrived. Keep this page open until then.",
  uploadLeftOver:
    "An upload was interrupted. Files that have arrived: {whole} of {files}. Choose the same files again to send only the rest, or import what is here.",
  uploadDiscard: "Discard this upload",
  uploadDiscardSure: "Discard all that has arrived",
  uploadFailed: "Files that were not taken: {count}",
  uploadUnreadable: "The file could not be read or sent.",
} as const;

export const UPLOAD_ZH: Readonly<Record<keyof typeof UPLOAD_EN, string>> = {
  uploadDrop: "把图片、视频、文件夹或压缩包拖到这里，或者",
  uploadFiles: "选择文件",
  uploadFolder: "选择文件夹",
  uploadHelp: "一次最多 5 万个文件，每个不超过 32 GB。文件名和文件夹都原样保留。",
  uploadFilesOf: "已传完 {whole} / {files} 个",
  uploadGoing: "正在上传……",
  uploadSecondsLeft: "每秒 {speed}，大约还要 {seconds} 秒",
  uploadMinutesLeft: "每秒 {speed}，大约还要 {minutes} 分钟",
  uploadBroken: "暂时连不上服务器。已经传上去的都保留着，恢复后会自动接着传。",
  uploadDone: "文件都传完了，但还没有导入，请点“导入”。",
  uploadImportLater: "文件全部传完后会自动开始导入，在那之前请不要关闭这个页面。",
  uploadLeftOver:
    "上次的上传中断了：{files} 个文件里传完了 {whole} 个。重新选择同样的文件，会只传剩下的；也可以直接导入已传完的。",
  uploadDiscard: "放弃这次上传",
  uploadDiscardSure: "删除已上传的全部文件",
  uploadFailed: "有 {count} 个文件没有传成",
  uploadUnreadable: "这个文件读不出来，或者传不上去。",
};

export const UPLOAD_TEXTS = { en: UPLOAD_EN, "zh-Hans": UPLOAD_ZH } as const;
