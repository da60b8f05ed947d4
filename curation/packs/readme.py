"""The two sheets in an offline pack that say what to do, one in each language."""

from __future__ import annotations

from collections.abc import Sequence

from curation.batches.models import Batch
from curation.manual.models import ManualReason
from curation.packs.names import LATER_FOLDER, UNSURE_FOLDER, folder_name
from curation.packs.slip import SLIP_NAME

_ENGLISH = """{subject} · batch {batch} · {num} pictures

1. Look at each picture.
2. It qualifies: leave it where it is.
   It does not: delete it, or move it into the folder that says why.
   You cannot tell: move it into "{unsure}".
   You did not get to it: move it into "{later}". Nothing will be said of it.
3. Pack the whole folder as .zip again and upload it on the page of the batch.
   You see what was understood before any vote is cast.

Do not change the numbers: they are places on your desk, and other ones than the images have in
the project. Leave "{slip}" where it is.

Why a picture does not qualify
{reasons}
"""

_CHINESE = """{subject} · 批次 {batch} · 共 {num} 张

1. 一张一张看。
2. 合格的：留在原处不动。
   不合格的：删掉，或者移进写着理由的文件夹。
   拿不准的：移进“{unsure}”。
   还没看的：移进“{later}”，这些不会投票。
3. 把整个文件夹重新压缩成 .zip，在批次的页面上传。
   上传后会先让你核对识别结果，确认了才会投票。

不要改编号：这是图片在筛图台上的位置，不是项目里的编号。“{slip}”这个文件要留着。

剔除理由
{reasons}
"""


def readme_of(*, batch: Batch, reasons: Sequence[ManualReason], num: int) -> tuple[bytes, bytes]:
    """The sheet in English and the one in Chinese, as every editor on Windows reads them."""
    told = {
        "subject": batch.subject.name,
        "batch": batch.number,
        "num": num,
        "unsure": UNSURE_FOLDER,
        "later": LATER_FOLDER,
        "slip": SLIP_NAME,
    }
    english = "\n".join(f"  {folder_name(each)}\n    {each.summary_en}" for each in reasons)
    chinese = "\n".join(f"  {folder_name(each)}\n    {each.summary_zh}" for each in reasons)
    return (
        _file(_ENGLISH.format(**told, reasons=english)),
        _file(_CHINESE.format(**told, reasons=chinese)),
    )


def _file(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("utf-8-sig")
