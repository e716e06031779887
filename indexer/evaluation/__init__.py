"""Evaluate an index: judged queries → nDCG@10, MRR@10, recall@100, latency.

evaluate.py   reads judged queries, ranks documents for each, and measures relevance and latency
noise.py      removes accents or makes slips in queries, to measure robustness
"""
