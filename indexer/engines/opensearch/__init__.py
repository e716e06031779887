"""The distributed engine: the same searches and the same rebuild on a cluster of OpenSearch.

    backend.py           what commands call: build, update, check, open                <- start here
    client.py            requests: addresses, logins, fail-over, one clear error for each failure
    engine.py            OpenSearchEngine: the SearchEngine protocol over one generation
    storage/             what a generation is in the cluster
      generations.py       which index is served: aliases, lock, leftovers
      artifacts.py         files stored in the cluster with their generation
      mapping.py           the fields of an index, and the record of a document
      occurrences.py       the terms of a batch
      token_spans.py       where syllables stand in a text, as a string
      count_table.py       how many documents have each term: add, subtract, store
      document_table.py    ids, hashes, fingerprints; groups of copies
    writer/
      building.py          build, update, verify
      batches.py           documents → records and counts, in several processes
      parts.py             a build by several machines
    reader/
      mapped_lexicon.py    the vocabulary that queries ask: a count table, mapped into memory
      plan_query.py        a plan → a query of OpenSearch
      find_request.py      the searches of one `find`
      exact_scores.py      the exact scores of hits, and their order
      closeness.py         where the first hits have the words of a query
      stored_documents.py  documents by id, or all

It is for archives and loads that one machine is too small for, and for service without a break; on
one machine the embedded engine is many times faster. Each *front* (a machine that runs Tra Cứu
itself) interprets queries, with the vocabulary in memory; the cluster finds, scores, counts and
stores. The formats of the files of arrays and strings are those of the embedded engine.
"""
