/** What C answers. Clojure calls native methods of Java's, and has none of its own. */
public class Native {
    static {
        System.load("/app/libnative.so");
    }

    public static native int answer();
}
