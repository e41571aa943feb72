import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Prints the local time of Unix time 0. */
public class TimeZone {
    public static void main(String[] arguments) {
        System.out.println(Instant.EPOCH.atZone(ZoneId.systemDefault()).format(DateTimeFormatter.ofPattern("HH:mm")));
    }
}
