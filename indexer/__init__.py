"""Tra Cứu: full-text search for Vietnamese archives. The public names, and nothing else."""

from indexer.archive import Archive
from indexer.errors import (
    DocumentError,
    DocumentNotFound,
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    InputError,
    QueriesError,
    RequestError,
    SettingError,
    SourceError,
    TraCuuError,
    UnusableIndex,
    WordModelError,
)
from indexer.evaluation.evaluate import Measures, evaluate, read_queries
from indexer.facets import FACET_NAMES
from indexer.models import (
    Document,
    Explanation,
    Facet,
    FacetValue,
    Hit,
    Place,
    Range,
    Results,
    Rung,
    ScorePart,
    SearchRequest,
    Snippet,
    Sort,
    Status,
)
from indexer.rebuild import RebuildReport, rebuild
from indexer.results.payload import document_payload, results_payload
from indexer.search import Highlights
from indexer.settings import SETTINGS, int_setting, path_setting, setting
from indexer.update import UpdateReport, update

__version__ = "0.1.0"

__all__ = [
    "FACET_NAMES",
    "SETTINGS",
    "Archive",
    "Document",
    "DocumentError",
    "DocumentNotFound",
    "Explanation",
    "Facet",
    "FacetValue",
    "Highlights",
    "Hit",
    "IndexBusy",
    "IndexDamaged",
    "IndexMissing",
    "InputError",
    "Measures",
    "Place",
    "QueriesError",
    "Range",
    "RebuildReport",
    "RequestError",
    "Results",
    "Rung",
    "ScorePart",
    "SearchRequest",
    "SettingError",
    "Snippet",
    "Sort",
    "SourceError",
    "Status",
    "TraCuuError",
    "UnusableIndex",
    "UpdateReport",
    "WordModelError",
    "__version__",
    "document_payload",
    "evaluate",
    "int_setting",
    "path_setting",
    "read_queries",
    "rebuild",
    "results_payload",
    "setting",
    "update",
]
