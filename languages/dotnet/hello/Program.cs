// Answers on $PORT with the version of .NET, the time zone, and what a library in C says. With an argument, it is a probe.
using System.Runtime.InteropServices;

if (args.Length > 0)
{
    await Probe.Run(args[0]);
    return;
}
var builder = WebApplication.CreateSlimBuilder();
builder.WebHost.UseUrls($"http://*:{Environment.GetEnvironmentVariable("PORT") ?? "8080"}");
var app = builder.Build();
app.MapGet("/", () => Results.Json(new Dictionary<string, object>
{
    ["language"] = "dotnet",
    ["version"] = Environment.Version.ToString(),
    ["timezone"] = DateTime.Now.ToString("zzz").Replace(":", ""),
    ["native"] = Native.answer(),
}));
// The host ends on SIGTERM by itself.
app.Run();

static class Native
{
    [DllImport("/app/libnative.so")]
    public static extern int answer();
}
