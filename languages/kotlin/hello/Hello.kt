import com.sun.net.httpserver.HttpServer
import java.net.InetSocketAddress
import java.time.ZonedDateTime
import java.time.format.DateTimeFormatter

external fun answer(): Int

/** Answers on $PORT with the version of Kotlin, the time zone, and what a native method says. */
fun main() {
    System.load("/app/libnative.so")
    val server = HttpServer.create(InetSocketAddress(System.getenv("PORT")?.toInt() ?: 8080), 0)
    server.createContext("/") { exchange ->
        val version = KotlinVersion.CURRENT
        val timezone = ZonedDateTime.now().format(DateTimeFormatter.ofPattern("xx"))
        val body = """{"language":"kotlin","version":"$version","timezone":"$timezone","native":${answer()}}""".toByteArray()
        exchange.responseHeaders.set("Content-Type", "application/json")
        exchange.sendResponseHeaders(200, body.size.toLong())
        exchange.responseBody.write(body)
        exchange.close()
    }
    server.start()
}
