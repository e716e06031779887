import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;

/**
 * One OpenSearch node in this process, with the modules that Tra Cứu uses; for development and tests.
 *
 * <p>Arguments: the home folder of the node; "true" if it goes on after the end of its standard
 * input, else "false"; then any number of setting=value.
 */
public final class SearchNode extends Node {
    private static final List<String> MODULES =
            List.of(
                    "org.opensearch.transport.Netty4ModulePlugin",
                    "org.opensearch.transport.Netty4Plugin",
                    "org.opensearch.analysis.common.CommonAnalysisModulePlugin",
                    "org.opensearch.analysis.common.CommonAnalysisPlugin",
                    "org.opensearch.painless.PainlessModulePlugin",
                    "org.opensearch.painless.PainlessPlugin",
                    "org.opensearch.script.expression.ExpressionModulePlugin",
                    "org.opensearch.script.expression.ExpressionPlugin");

    private SearchNode(Environment environment, List<Class<? extends Plugin>> modules) {
        super(environment, Modules.of(modules), true);
    }

    public static void main(String[] arguments) throws Exception {
        Settings.Builder settings = Settings.builder().put("path.home", arguments[0]);
        for (String argument : List.of(arguments).subList(2, arguments.length)) {
            int at = argument.indexOf('=');
            settings.put(argument.substring(0, at), argument.substring(at + 1));
        }
        List<Class<? extends Plugin>> modules = new ArrayList<>();
        for (String name : MODULES) {
            try {
                modules.add(Class.forName(name).asSubclass(Plugin.class));
            } catch (ClassNotFoundException e) {
                // Each module has another name in some versions.
            }
        }
        Environment environment =
                InternalSettingsPreparer.prepareEnvironment(
                        settings.build(), Map.of(), Path.of(arguments[0], "config"), () -> "node");
        Node node = new SearchNode(environment, modules);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
        node.start();
        if (!Boolean.parseBoolean(arguments[1])) {
            while (System.in.read() >= 0) {}
            System.exit(0);
        }
        Thread.currentThread().join();
    }

    private static void close(Node node) {
        try {
            node.close();
        } catch (Exception e) {
            e.printStackTrace();
        }
    }
}
