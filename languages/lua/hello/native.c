#include <arpa/inet.h>
#include <lauxlib.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the dev image compiled and the runtime image loads. */
static int answer(lua_State *lua) {
    lua_pushinteger(lua, 42);
    return 1;
}

static void stop(int number) {
    _exit(0);
}

/* serve(port, function): sends what the function returns to everyone who sends something. */
static int serve(lua_State *lua) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(luaL_checkinteger(lua, 1))};
    int server = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    char request[8192];
    signal(SIGPIPE, SIG_IGN);
    /* Process 1 gets no default handlers: without this, SIGTERM would do nothing. */
    signal(SIGTERM, stop);
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(server, (struct sockaddr *)&address, sizeof address) != 0 || listen(server, 16) != 0)
        return luaL_error(lua, "cannot listen on the port");
    for (;;) {
        int client = accept(server, NULL, NULL);
        if (client < 0) continue;
        if (read(client, request, sizeof request) > 0) {
            size_t length;
            lua_pushvalue(lua, 2);
            lua_call(lua, 0, 1);
            const char *text = luaL_checklstring(lua, -1, &length);
            if (write(client, text, length) < 0) luaL_error(lua, "cannot answer");
            lua_pop(lua, 1);
        }
        close(client);
    }
}

static const luaL_Reg functions[] = {{"answer", answer}, {"serve", serve}, {NULL, NULL}};

int luaopen_native(lua_State *lua) {
    luaL_newlib(lua, functions);
    return 1;
}
