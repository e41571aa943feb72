import java.io.File
import java.time.{Instant, ZoneId}
import java.time.format.DateTimeFormatter
import java.util.zip.ZipFile
import scala.collection.JavaConverters._
import scala.io.Source

/** Prints the local time of Unix time 0. */
object TimeZone extends App {
  println(Instant.EPOCH.atZone(ZoneId.systemDefault).format(DateTimeFormatter.ofPattern("HH:mm")))
}

/** Prints letters that only UTF-8 has all of. */
object Unicode extends App {
  println("d\u00e9j\u00e0 \u2713")
}

/** Prints what is at $URL, if the system's certificate authorities vouch for it. */
object Tls extends App {
  print(Source.fromURL(sys.env("URL"), "UTF-8").mkString)
}

/** Loads every class of the library. Prints the name of each that does not load, and to the error output why. */
object StandardLibrary extends App {
  val jars = sys.props("java.class.path").split(':').filter(_.endsWith(".jar")).map(new File(_))
  val names = for {
    jar <- jars.toSeq
    entry <- new ZipFile(jar).entries.asScala.map(_.getName).toSeq if entry.endsWith(".class")
  } yield entry.stripSuffix(".class").replace('/', '.')
  Console.err.println(s"${names.size} classes in ${jars.size} archives")
  if (names.size < 3000) println("scala-library")
  for (name <- names) {
    try Class.forName(name, false, getClass.getClassLoader).getMethods
    catch {
      case problem: Throwable =>
        println(name)
        Console.err.println(s"$name: $problem")
    }
  }
}
