using System.Reflection;

/// What the image promises, tried out.
static class Probe
{
    public static async Task Run(string name)
    {
        switch (name)
        {
            case "time-zone":
                Console.WriteLine(DateTimeOffset.UnixEpoch.ToLocalTime().ToString("HH:mm"));
                break;
            case "unicode":
                Console.WriteLine("d\u00e9j\u00e0 \u2713");
                break;
            case "tls":
                Console.Write(await new HttpClient().GetStringAsync(Environment.GetEnvironmentVariable("URL")));
                break;
            case "standard-library":
                LoadAll();
                break;
            default:
                throw new ArgumentException($"there is no probe {name}");
        }
    }

    /// Prints each assembly of which a public type does not load, and to the error output why.
    static void LoadAll()
    {
        var files = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        foreach (var file in files.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                Assembly.LoadFrom(file).GetExportedTypes();
            }
            catch (Exception problem)
            {
                Console.WriteLine(Path.GetFileName(file));
                Console.Error.WriteLine($"{file}: {problem.Message}");
            }
        }
    }
}
