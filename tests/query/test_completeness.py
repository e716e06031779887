"""Complete phrases and fragments of sentences."""

from __future__ import annotations

import pytest

from indexer.suggest.completeness import is_complete


@pytest.mark.parametrize(
    "written",
    [
        "dân_vận",
        "huyện Mỹ_Xuyên",
        "Chủ_tịch Phan_Văn_Khải",
        "UBND huyện",
        "Quốc_hội khóa mới",  # an institution, by its capitals
        "Ban quản_lý chợ",
        "người Việt_Nam ở nước_ngoài",
        "Nhật_Bản và Hàn_Quốc",
        "Osama bin Laden",
        "Windows XP và Windows",
        "World_Cup 2006 tại Đức",
        "nước đang phát_triển",
        "tuyên_bố",  # a verb alone is a word
        "giúp",
        "Gia_Viễn_tổng_kết_việc_đã_làm",  # a title
    ],
)
def test_a_noun_phrase_a_name_or_a_title_is_complete(written: str) -> None:
    assert is_complete(written)


@pytest.mark.parametrize(
    "written",
    [
        "Việt_Nam xuất_khẩu",
        "Israel chiếm_đóng",
        "TP HCM đề_nghị",
        "tổng_thống George_Bush khẳng_định",
        "TP HCM vừa công_bố",
        "công_an đã tạm_giữ",
        "dự_kiến sẽ tăng",
        "người_dân cũng họp",
        "huyện vẫn khó_khăn",
        "các xã đều họp",
        "tác_nhân gây",
        "thấp hơn so",
        "thực_hiện_tại",
        "khuôn_mặt_bằng đá",
        "xét_xử_vụ",
        "xét_xử vụ",
        "Phan_Văn Khải yêu_cầu",
        "Phan_Văn_Khải và đoàn",
        "World_Cup 2006 khu_vực",
        "bóng_đá châu",
    ],
)
def test_a_fragment_of_a_sentence_is_not_complete(written: str) -> None:
    assert not is_complete(written)
