import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedSetDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.facet.FacetsCollector;
import org.apache.lucene.facet.StringDocValuesReaderState;
import org.apache.lucene.facet.StringValueFacetCounts;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.MultiCollector;
import org.apache.lucene.search.MultiPhraseQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopDocsCollector;
import org.apache.lucene.search.TopFieldCollectorManager;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.search.uhighlight.UnifiedHighlighter;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.BytesRef;

/**
 * Lucene as a peer of the benchmarks: `build DIR` indexes rows from standard input, `ask DIR`
 * answers queries from there. Both are lines of fields separated by tabs, as peers.py writes them.
 */
public final class Peer {
  private static final int SIZE = 10;
  /** Greatest number of terms that a prefix stands for, as in Elasticsearch and tantivy. */
  private static final int MAX_EXPANSIONS = 50;

  private static final String[] FACETS = {"section", "source", "year", "month"};
  private static final String WORDS = "\u001e";
  private static final String SYLLABLES = "\u001f";

  public static void main(String[] arguments) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8), 1 << 16);
    if (arguments[0].equals("build")) {
      build(Path.of(arguments[1]), in);
    } else {
      new Peer(Path.of(arguments[1])).answer(in, new PrintStream(System.out, true));
    }
  }

  /** Indexes lines of id, title, body, words, folded title, folded body, facets, and date. */
  private static void build(Path folder, BufferedReader in) throws IOException {
    IndexWriterConfig config = new IndexWriterConfig(new WhitespaceAnalyzer());
    config.setRAMBufferSizeMB(512);
    FieldType shown = new FieldType(TextField.TYPE_STORED);
    // With offsets, the highlighter need not split the texts again.
    shown.setIndexOptions(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS_AND_OFFSETS);
    try (IndexWriter writer = new IndexWriter(FSDirectory.open(folder), config)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] row = line.split("\t", -1);
        Document document = new Document();
        document.add(new StoredField("id", row[0]));
        document.add(new Field("title", row[1], shown));
        document.add(new Field("body", row[2], shown));
        document.add(new TextField("words", row[3], Field.Store.NO));
        document.add(new TextField("title_f", row[4], Field.Store.NO));
        document.add(new TextField("body_f", row[5], Field.Store.NO));
        for (int at = 0; at < FACETS.length; at++) {
          document.add(new SortedSetDocValuesField(FACETS[at], new BytesRef(row[6 + at])));
        }
        document.add(new StringField("section", row[6], Field.Store.NO));
        document.add(new NumericDocValuesField("date", Long.parseLong(row[10])));
        writer.addDocument(document);
      }
    }
  }

  private final DirectoryReader reader;
  private final IndexSearcher searcher;
  private final UnifiedHighlighter highlighter;
  private final List<StringDocValuesReaderState> facets = new ArrayList<>();

  private Peer(Path folder) throws IOException {
    reader = DirectoryReader.open(MMapDirectory.open(folder));
    searcher = new IndexSearcher(reader);
    Analyzer analyzer = new WhitespaceAnalyzer();
    highlighter =
        UnifiedHighlighter.builder(searcher, analyzer).withMaxLength(Integer.MAX_VALUE - 1).build();
    for (String name : FACETS) {
      facets.add(new StringDocValuesReaderState(reader, name));
    }
  }

  /** Answers each query with a line: the number of hits. */
  private void answer(BufferedReader in, PrintStream out) throws IOException {
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Spec spec = new Spec(line.split("\t", -1));
      int total = ask(spec, Occur.MUST);
      out.println(total > 0 ? total : ask(spec, Occur.SHOULD));
    }
  }

  /** A query as `peers.py` writes it: words, words not to match, flags, section, and page. */
  private record Spec(
      List<String[]> words, List<String[]> without, String flags, String section, int page) {
    Spec(String[] fields) {
      this(words(fields[0]), words(fields[1]), fields[2], fields[3], Integer.parseInt(fields[4]));
    }

    private static List<String[]> words(String field) {
      List<String[]> found = new ArrayList<>();
      if (!field.isEmpty()) {
        for (String word : field.split(WORDS)) {
          found.add(word.split(SYLLABLES));
        }
      }
      return found;
    }

    boolean is(char flag) {
      return flags.indexOf(flag) >= 0;
    }
  }

  /** Does what a page needs: hits, marked titles and snippets, and the counts of four facets. */
  private int ask(Spec spec, Occur occur) throws IOException {
    BooleanQuery.Builder matching = new BooleanQuery.Builder();
    if (spec.is('p')) {
      List<String> syllables = new ArrayList<>();
      spec.words().forEach(word -> syllables.addAll(List.of(word)));
      matching.add(either(syllables.toArray(String[]::new), spec), occur);
    } else {
      for (String[] word : spec.words()) {
        matching.add(either(word, spec), occur);
      }
    }
    BooleanQuery.Builder every = new BooleanQuery.Builder();
    every.add(matching.build(), Occur.MUST);
    for (String[] word : spec.without()) {
      every.add(either(word, spec), Occur.MUST_NOT);
    }
    if (!spec.is('f') && !spec.is('*')) {
      for (String[] word : spec.words()) {
        Query term = new TermQuery(new Term("words", String.join("_", word)));
        every.add(new BoostQuery(term, 0.3f), Occur.SHOULD);
      }
    }
    Query all = every.build();
    Query narrowed = all;
    if (!spec.section().isEmpty()) {
      BooleanQuery.Builder both = new BooleanQuery.Builder();
      both.add(all, Occur.MUST);
      both.add(new TermQuery(new Term("section", spec.section())), Occur.FILTER);
      narrowed = both.build();
    }
    int end = spec.page() * SIZE;
    TopDocsCollector<?> top =
        spec.is('n')
            ? new TopFieldCollectorManager(
                    new Sort(new SortField("date", SortField.Type.LONG, true)),
                    end,
                    null,
                    Integer.MAX_VALUE)
                .newCollector()
            : new TopScoreDocCollectorManager(end, null, Integer.MAX_VALUE).newCollector();
    FacetsCollector counted = new FacetsCollector();
    searcher.search(narrowed, MultiCollector.wrap(top, counted));
    int total = top.getTotalHits();
    ScoreDoc[] hits = top.topDocs(end - SIZE, SIZE).scoreDocs;
    if (hits.length > 0) {
      TopDocs page = new TopDocs(null, hits);
      highlighter.highlightFields(
          new String[] {"title", "body"}, all, page, new int[] {1, 1});
    }
    for (int at = 0; at < FACETS.length; at++) {
      FacetsCollector of = counted;
      if (at == 0 && narrowed != all) {
        of = new FacetsCollector();
        searcher.search(all, of);
      }
      new StringValueFacetCounts(facets.get(at), of).getTopChildren(500, FACETS[at]);
    }
    return total;
  }

  /** Returns a query for a word in the title or the body. */
  private Query either(String[] word, Spec spec) throws IOException {
    BooleanQuery.Builder parts = new BooleanQuery.Builder();
    for (String name : new String[] {"title", "body"}) {
      Query query = inField(spec.is('f') ? name + "_f" : name, word, spec.is('*'));
      parts.add(name.equals("title") ? new BoostQuery(query, 2) : query, Occur.SHOULD);
    }
    return parts.build();
  }

  private Query inField(String field, String[] word, boolean isPrefix) throws IOException {
    if (isPrefix) {
      MultiPhraseQuery.Builder phrase = new MultiPhraseQuery.Builder();
      for (int at = 0; at < word.length - 1; at++) {
        phrase.add(new Term(field, word[at]));
      }
      Term[] expanded = expanded(field, word[word.length - 1]);
      return expanded.length == 0 ? new MatchNoDocsQuery() : phrase.add(expanded).build();
    }
    return word.length == 1 ? new TermQuery(new Term(field, word[0])) : new PhraseQuery(field, word);
  }

  private Term[] expanded(String field, String prefix) throws IOException {
    List<Term> found = new ArrayList<>();
    BytesRef start = new BytesRef(prefix);
    Terms terms = MultiTerms.getTerms(reader, field);
    TermsEnum each = terms.iterator();
    if (each.seekCeil(start) != TermsEnum.SeekStatus.END) {
      for (BytesRef term = each.term(); term != null; term = each.next()) {
        if (!term.utf8ToString().startsWith(prefix) || found.size() == MAX_EXPANSIONS) {
          break;
        }
        found.add(new Term(field, BytesRef.deepCopyOf(term)));
      }
    }
    return found.toArray(Term[]::new);
  }
}
