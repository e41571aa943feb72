// Answers on $PORT with the version of GCC and the time zone. With an argument, it is the probe of that name.
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <iomanip>
#include <netinet/in.h>
#include <sstream>
#include <sys/socket.h>
#include <unistd.h>

int probe(const std::string &name);

static std::string answer() {
    std::time_t now = std::time(nullptr);
    std::ostringstream body, head;
    body << R"({"language":"gcc","version":")" << __GNUC__ << '.' << __GNUC_MINOR__ << '.' << __GNUC_PATCHLEVEL__
         << R"(","timezone":")" << std::put_time(std::localtime(&now), "%z") << "\"}";
    head << "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
         << body.str().size() << "\r\n\r\n";
    return head.str() + body.str();
}

static int serve(int port) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    if (bind(listener, reinterpret_cast<sockaddr *>(&address), sizeof address) || listen(listener, 16)) return 1;
    while (true) {
        int client = accept(listener, nullptr, nullptr);
        char request[4096];
        const std::string text = answer();
        if (read(client, request, sizeof request) > 0 && write(client, text.data(), text.size()) < 0) perror("write");
        close(client);
    }
}

int main(int count, char **arguments) {
    if (count > 1) return probe(arguments[1]);
    // Process 1 gets no default handlers: without this, SIGTERM would do nothing.
    std::signal(SIGTERM, [](int) { _exit(0); });
    const char *port = std::getenv("PORT");
    return serve(port ? std::atoi(port) : 8080);
}
