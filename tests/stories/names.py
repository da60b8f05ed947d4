"""Names that fans in five languages would give their pictures; none is anybody's."""

from __future__ import annotations

import random

from curation.sources.encodings import Encoding

WORDS = {
    Encoding.GBK: """
        微博 截图 第一集 第二集 花絮 路透 机场 剧照 杂志 内页 自拍 修图 原图 高清 合照 生日会
        见面会 演唱会 红毯 新建文件夹 图片 扫描 海报 侧脸 微笑 古装 现代 哭戏 采访 直播 壁纸
        表情 未命名 副本 屏幕快照 相册 日常 美食 北京 上海 广告 代言 活动 签名 粉丝 拍摄 饭拍
        精修 无水印 打包
    """,
    Encoding.BIG5: """
        臉書 截圖 第一集 第二集 花絮 側拍 機場 劇照 雜誌 內頁 自拍 修圖 原圖 高畫質 合照
        生日會 見面會 演唱會 紅毯 新增資料夾 圖片 掃描 海報 側臉 微笑 古裝 現代 哭戲 採訪
        直播 桌布 表情 未命名 複製 相簿 日常 美食 臺北 高雄 廣告 代言 活動 簽名 粉絲 拍攝
        應援 精選 無浮水印 壓縮檔
    """,
    Encoding.SHIFT_JIS: """
        写真 画像 第一話 スクリーンショット 舞台挨拶 空港 雑誌 表紙 自撮り 加工 元画像 高画質
        集合 誕生日 ファンミーティング コンサート レッドカーペット 新しいフォルダー スキャン
        ポスター 横顔 笑顔 時代劇 インタビュー 生放送 壁紙 表情 無題 コピー アルバム 日常
        ごはん 東京 大阪 広告 撮影 サイン オフショット まとめ インスタ ツイッター 切り抜き
        カレンダー の と さん ドラマ 映画 番組
    """,
    Encoding.EUC_KR: """
        사진 캡처 제1화 스크린샷 무대인사 공항 잡지 표지 셀카 보정 원본 고화질 단체 생일파티
        팬미팅 콘서트 레드카펫 새폴더 스캔 포스터 옆모습 미소 사극 인터뷰 생방송 배경화면
        표정 제목없음 복사본 앨범 일상 음식 서울 부산 광고 촬영 사인 팬 비하인드 모음 인스타
        직캠 움짤 화보 드라마 영화 예능 직찍 출근길 시상식
    """,
    Encoding.CP1252: """
        café été Noël soirée préféré numérisé générique Nîmes Größe Bücher Straße schönes für
        Köln München Übung niño mañana español año película sesión cumpleaños fotografía não
        edição São gravação você forêt élève dîner garçon première scène déjà Ångström Malmö
        smörgås kläder på blåbær fødselsdag perché città più età naïve
    """,
}
_FORMS = (
    *("{a}.jpg", "{a}{b}.jpg", "{a} {n}.jpg", "{a}_{b}_{n}.jpg", "{a}({n}).jpg"),
    *("{a}/{b}{n}.jpg", "{a}/{b}/{n}.jpg", "IMG_{n}_{a}.jpg", "{a}-{b} ({n}).png"),
)


def pack_of_names(encoding: Encoding, size: int, seed: int) -> list[str]:
    """So many paths as they would lie in one pack; the same seed gives the same ones."""
    chance = random.Random(f"{encoding} {size} {seed}")
    words = WORDS[encoding].split()
    return [
        chance.choice(_FORMS).format(
            a=chance.choice(words), b=chance.choice(words), n=chance.randint(1, 999)
        )
        for _ in range(size)
    ]
