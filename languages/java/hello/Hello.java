import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.stream.Collectors;

/** Answers on $PORT with the version of OpenJDK, the time zone, and what a native method says. */
public class Hello {
    static {
        System.load("/app/libnative.so");
    }

    private static native int answer();

    /** {@code 21.0.8+9}, without what a distribution adds. */
    private static String version() {
        Runtime.Version version = Runtime.version();
        String numbers = version.version().stream().map(String::valueOf).collect(Collectors.joining("."));
        return numbers + version.build().map(build -> "+" + build).orElse("");
    }

    private static void hello(HttpExchange exchange) throws IOException {
        String timezone = ZonedDateTime.now().format(DateTimeFormatter.ofPattern("xx"));
        String answer = String.format(
                "{\"language\":\"java\",\"version\":\"%s\",\"timezone\":\"%s\",\"native\":%d}",
                version(), timezone, answer());
        byte[] body = answer.getBytes("UTF-8");
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/", Hello::hello);
        server.start();
    }
}
