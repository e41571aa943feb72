using System;
using System.Net;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Mono.Unix;
using Mono.Unix.Native;

/// Answers on $PORT with the version of Mono, the time zone, and what a library in C says. With an argument, it is a probe.
static class Hello
{
    [DllImport("/app/libnative.so")]
    static extern int answer();

    /// 6.12.0.199, of "6.12.0.199 (tarball …)"
    static string Version()
    {
        var name = Type.GetType("Mono.Runtime").GetMethod("GetDisplayName", BindingFlags.NonPublic | BindingFlags.Static);
        return ((string)name.Invoke(null, null)).Split(' ')[0];
    }

    static void Reply(HttpListenerContext context)
    {
        var timezone = DateTime.Now.ToString("zzz").Replace(":", "");
        var json = $"{{\"language\":\"mono\",\"version\":\"{Version()}\",\"timezone\":\"{timezone}\",\"native\":{answer()}}}";
        context.Response.ContentType = "application/json";
        context.Response.Close(Encoding.UTF8.GetBytes(json), false);
    }

    static void Main(string[] arguments)
    {
        if (arguments.Length > 0)
        {
            Probe.Run(arguments[0]);
            return;
        }
        var listener = new HttpListener();
        listener.Prefixes.Add($"http://*:{Environment.GetEnvironmentVariable("PORT") ?? "8080"}/");
        listener.Start();
        AsyncCallback next = null;
        next = result =>
        {
            var context = listener.EndGetContext(result);
            listener.BeginGetContext(next, null);
            Reply(context);
        };
        listener.BeginGetContext(next, null);
        // Process 1 gets no default handlers: without this, SIGTERM would do nothing.
        new UnixSignal(Signum.SIGTERM).WaitOne();
        Environment.Exit(0);
    }
}
