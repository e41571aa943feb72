#include <signal.h>
#include <unistd.h>

/* What the dev image compiled and the runtime image loads. */
void answer(int *number) {
    *number = 42;
}

static void stop(int number) {
    _exit(0);
}

/* Process 1 gets no default handlers: without this, SIGTERM would do nothing. */
void stop_on_sigterm(void) {
    signal(SIGTERM, stop);
}
