/** Prints letters that only UTF-8 has all of. */
public class Unicode {
    public static void main(String[] arguments) {
        System.out.println("d\u00e9j\u00e0 \u2713");
    }
}
