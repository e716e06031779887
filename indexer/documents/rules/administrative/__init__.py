"""The form of administrative documents (decree 30/2020/NĐ-CP)."""
