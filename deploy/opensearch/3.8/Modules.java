import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.opensearch.Version;
import org.opensearch.plugins.Plugin;
import org.opensearch.plugins.PluginInfo;

/** The modules of a node, as OpenSearch 3 wants them. */
final class Modules {
    private Modules() {}

    static Collection<PluginInfo> of(List<Class<? extends Plugin>> classes) {
        List<PluginInfo> found = new ArrayList<>();
        for (Class<? extends Plugin> each : classes) {
            String name = each.getName();
            found.add(
                    new PluginInfo(
                            name, "", "", Version.CURRENT, "", name, null, List.of(), false));
        }
        return found;
    }
}
