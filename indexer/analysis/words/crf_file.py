"""Read a linear-chain CRF from a CRFsuite model file. Nothing is executed.

The layout is CRFsuite's `lCRF`, version 100, little-endian: a header of offsets, then chunks

    FEAT  features: type, source, label (uint32 each), weight (float64)
    CQDB  strings (labels, then attributes); a backward table maps numbers to strings
    LFRF  per label the numbers of its transition features; AFRF: per attribute its state features

See `lib/crf/src/crf1d_model.c` and `lib/cqdb/src/cqdb.c` in CRFsuite's source (BSD licence).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_HEADER = struct.Struct("<4sI4sIIIIIIIII")
_FEATURE = struct.Struct("<IIId")


@dataclass(frozen=True, slots=True)
class Crf:
    """A CRF model. Weights are natural-log potentials, as doubles.

    Attributes
    ----------
    labels : names of the labels, in the model's order.
    transitions : `transitions[i][j]` is the weight of label j after label i.
    states : attribute → its weight under each label, in the order of `labels`; 0.0 where the model
        has none.
    """

    labels: tuple[str, ...]
    transitions: tuple[tuple[float, ...], ...]
    states: dict[str, tuple[float, ...]]


def read_crf(model: bytes) -> Crf:
    """Return the CRF in the bytes of a CRFsuite model file.

    Raises ValueError if they are not a complete lCRF file of version 100.
    """
    try:
        return _read(model)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise ValueError(f"no CRFsuite model: {error}") from error


def _read(model: bytes) -> Crf:
    header = _HEADER.unpack_from(model)
    magic, size, kind, version, _, n_labels, n_attributes, features_at = header[:8]
    labels_at, attributes_at, transitions_at, states_at = header[8:]
    if (magic, kind, version) != (b"lCRF", b"FOMC", 100) or size != len(model):
        raise ValueError("no CRFsuite model of version 100")
    (length,) = struct.unpack_from("<I", model, features_at + 4)
    features = list(_FEATURE.iter_unpack(model[features_at + 12 : features_at + length]))
    labels = _strings(model, labels_at)

    def weights(references: tuple[int, ...]) -> tuple[float, ...]:
        by_label = [0.0] * n_labels
        for number in references:
            by_label[features[number][2]] = features[number][3]
        return tuple(by_label)

    attributes = _strings(model, attributes_at)
    states = _references(model, states_at, n_attributes)
    transitions = _references(model, transitions_at, n_labels)
    return Crf(
        labels=tuple(labels),
        transitions=tuple(weights(references) for references in transitions),
        states={
            name: weights(references) for name, references in zip(attributes, states, strict=True)
        },
    )


def _strings(model: bytes, at: int) -> list[str]:
    """Return the strings of the CQDB chunk at byte offset `at` of `model`, by number.

    Raises struct.error or UnicodeDecodeError if the chunk is damaged.
    """
    count, backward = struct.unpack_from("<II", model, at + 16)
    strings = []
    for offset in struct.unpack_from(f"<{count}I", model, at + backward):
        _, length = struct.unpack_from("<II", model, at + offset)
        # The stored length includes the closing NUL.
        strings.append(model[at + offset + 8 : at + offset + 7 + length].decode())
    return strings


def _references(model: bytes, at: int, count: int) -> list[tuple[int, ...]]:
    """Return the first `count` lists of feature numbers in an LFRF or AFRF chunk.

    `at` is the byte offset of the chunk in `model`. Raises struct.error if it is damaged.
    """
    lists = []
    for offset in struct.unpack_from(f"<{count}I", model, at + 12):
        (length,) = struct.unpack_from("<I", model, offset)
        lists.append(struct.unpack_from(f"<{length}I", model, offset + 4))
    return lists
