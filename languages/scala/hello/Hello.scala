import com.sun.net.httpserver.{HttpExchange, HttpHandler, HttpServer}
import java.net.InetSocketAddress
import java.time.ZonedDateTime
import java.time.format.DateTimeFormatter
import scala.util.Properties

class Native {
  System.load("/app/libnative.so")
  @native def answer(): Int
}

/** Answers on $PORT with the version of Scala, the time zone, and what a native method says. */
object Hello extends HttpHandler {
  private val native = new Native

  def handle(exchange: HttpExchange): Unit = {
    val version = Properties.versionNumberString
    val timezone = ZonedDateTime.now().format(DateTimeFormatter.ofPattern("xx"))
    val answer = s"""{"language":"scala","version":"$version","timezone":"$timezone","native":${native.answer()}}"""
    exchange.getResponseHeaders.set("Content-Type", "application/json")
    exchange.sendResponseHeaders(200, answer.length)
    exchange.getResponseBody.write(answer.getBytes)
    exchange.close()
  }

  def main(arguments: Array[String]): Unit = {
    val server = HttpServer.create(new InetSocketAddress(Properties.envOrElse("PORT", "8080").toInt), 0)
    server.createContext("/", this)
    server.start()
  }
}
