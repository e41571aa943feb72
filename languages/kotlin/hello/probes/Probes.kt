import java.net.URI
import java.time.Instant
import java.time.ZoneId
import java.time.format.DateTimeFormatter
import java.util.zip.ZipFile

/** Prints the local time of Unix time 0. */
object TimeZone {
    @JvmStatic fun main(arguments: Array<String>) =
        println(Instant.EPOCH.atZone(ZoneId.systemDefault()).format(DateTimeFormatter.ofPattern("HH:mm")))
}

/** Prints letters that only UTF-8 has all of. */
object Unicode {
    @JvmStatic fun main(arguments: Array<String>) = println("d\u00e9j\u00e0 \u2713")
}

/** Prints what is at $URL, if the system's certificate authorities vouch for it. */
object Tls {
    @JvmStatic fun main(arguments: Array<String>) = print(URI(System.getenv("URL")).toURL().readText())
}

/** Loads every class of the library. Prints the name of each that does not load, and to the error output why. */
object StandardLibrary {
    @JvmStatic fun main(arguments: Array<String>) {
        val jars = System.getProperty("java.class.path").split(':').filter { it.endsWith(".jar") }
        val names = jars.flatMap { classesOf(ZipFile(it)) }
        System.err.println("${names.size} classes in ${jars.size} archives")
        if (names.size < 900) println("kotlin-stdlib")
        for (name in names) {
            try {
                Class.forName(name, false, javaClass.classLoader).methods
            } catch (problem: LinkageError) {
                println(name)
                System.err.println("$name: $problem")
            }
        }
    }

    private fun classesOf(jar: ZipFile) = jar.entries().toList().map { it.name }
        .filter { it.endsWith(".class") && !it.startsWith("META-INF/") && !it.endsWith("module-info.class") }
        .map { it.removeSuffix(".class").replace('/', '.') }
}
