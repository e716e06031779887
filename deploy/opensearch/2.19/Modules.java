import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.opensearch.plugins.Plugin;

/** The modules of a node, as OpenSearch 2 wants them. */
final class Modules {
    private Modules() {}

    static Collection<Class<? extends Plugin>> of(List<Class<? extends Plugin>> classes) {
        return new ArrayList<>(classes);
    }
}
