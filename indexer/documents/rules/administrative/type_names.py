"""Types of administrative and legal documents, as they head a document and in its number."""

from __future__ import annotations

from indexer.documents.text.text_keys import key

TYPES = (
    "Bộ luật", "Luật", "Pháp lệnh", "Lệnh", "Nghị quyết liên tịch", "Nghị quyết", "Nghị định",
    "Quyết định", "Thông tư liên tịch", "Thông tư", "Chỉ thị", "Quy chế", "Quy định", "Thông cáo",
    "Thông báo", "Thông tri", "Hướng dẫn", "Chương trình", "Kế hoạch", "Phương án", "Đề án",
    "Dự án", "Kế hoạch liên tịch", "Hướng dẫn liên ngành", "Chương trình phối hợp", "Báo cáo",
    "Thông tư liên bộ", "Quy chế phối hợp", "Biên bản", "Tờ trình", "Hợp đồng", "Công văn",
    "Công điện", "Bản ghi nhớ", "Bản thỏa thuận", "Giấy ủy quyền", "Giấy mời", "Giấy giới thiệu",
    "Giấy nghỉ phép", "Giấy phép", "Giấy chứng nhận", "Phiếu gửi", "Phiếu chuyển", "Phiếu báo",
    "Thư công", "Kết luận", "Sắc lệnh", "Sắc luật", "Thông báo kết luận", "Quy trình", "Quy hoạch",
    "Điều lệ", "Hiến pháp", "Nội quy", "Án lệ", "Bản án", "Lời kêu gọi", "Thư", "Văn bản hợp nhất",
    "Giấy đi đường", "Giấy biên nhận", "Giấy xác nhận", "Bản cam kết", "Phiếu trình",
)  # fmt: skip
"""Types of documents in decrees 110/2004, article 4, and 30/2020, article 7, in law 80/2015/QH13,
and those of the Party."""

TYPE_KEYS = {key(name): name for name in TYPES}
"""Comparison key of a type → the type."""
TYPE_CODES = {
    "QĐ": "Quyết định", "NQ": "Nghị quyết", "NĐ": "Nghị định", "CT": "Chỉ thị", "TT": "Thông tư",
    "TTLT": "Thông tư liên tịch", "KH": "Kế hoạch", "BC": "Báo cáo", "TB": "Thông báo",
    "HD": "Hướng dẫn", "TTr": "Tờ trình", "CTr": "Chương trình", "KL": "Kết luận",
    "QC": "Quy chế", "QyĐ": "Quy định", "PA": "Phương án", "ĐA": "Đề án", "DA": "Dự án",
    "BB": "Biên bản", "HĐ": "Hợp đồng", "CĐ": "Công điện", "GM": "Giấy mời", "PL": "Pháp lệnh",
    "TC": "Thông cáo", "VBHN": "Văn bản hợp nhất", "QH": "Luật",
}  # fmt: skip
"""Letters in a document number ("12/QĐ-UBND") → their type (decree 30/2020, annex III)."""

DATED_INSIDE = frozenset({"Hợp đồng", "Biên bản", "Bản ghi nhớ", "Bản thỏa thuận", "Giấy ủy quyền"})
"""Types whose first sentence states the date ("Hôm nay, ngày …")."""
WITHOUT_SUBJECT = frozenset(
    {"Giấy giới thiệu", "Giấy nghỉ phép", "Phiếu gửi", "Phiếu chuyển", "Phiếu báo"}
)
"""Types whose form in decree 30/2020, annex III, has no subject."""
