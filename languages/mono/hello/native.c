/* What the dev image compiled and the runtime image loads. */
int answer(void) {
    return 42;
}
