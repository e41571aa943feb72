import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Loads every public class of every module, and every native library. Prints the name of each module and library of
 * which something does not load, and to the error output what. Needs --add-modules ALL-SYSTEM.
 */
public class StandardLibrary {
    static {
        System.load("/app/libnative.so");
    }

    /** Why a shared object does not load, or null. */
    private static native String problem(String path);

    public static void main(String[] arguments) throws IOException {
        for (ModuleReference module : sorted(ModuleFinder.ofSystem().findAll().stream())) {
            if (!loads(module)) System.out.println(module.descriptor().name());
        }
        try (Stream<Path> files = Files.walk(Paths.get(System.getProperty("java.home"), "lib"))) {
            for (Path file : sorted(files.filter(each -> each.toString().endsWith(".so")))) {
                String problem = problem(file.toString());
                if (problem == null) continue;
                System.out.println(file.getFileName());
                System.err.println(problem);
            }
        }
    }

    private static <T extends Object> List<T> sorted(Stream<T> items) {
        return items.sorted((a, b) -> a.toString().compareTo(b.toString())).collect(Collectors.toList());
    }

    private static boolean loads(ModuleReference reference) throws IOException {
        String name = reference.descriptor().name();
        Module module = ModuleLayer.boot().findModule(name).orElse(null);
        if (module == null) {
            System.err.println(name + " is not in the boot layer");
            return false;
        }
        try (ModuleReader reader = reference.open(); Stream<String> files = reader.list()) {
            Set<String> classes = files.filter(file -> file.endsWith(".class") && file.contains("/"))
                    .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
                    .filter(each -> module.isExported(each.substring(0, each.lastIndexOf('.'))))
                    .collect(Collectors.toSet());
            return classes.stream().filter(each -> !loads(module, each)).count() == 0;
        }
    }

    private static boolean loads(Module module, String name) {
        try {
            if (Class.forName(module, name) != null) return true;
            System.err.println(name + " is not found");
        } catch (LinkageError error) {
            System.err.println(name + ": " + error);
        }
        return false;
    }
}
