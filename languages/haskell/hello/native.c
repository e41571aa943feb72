#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

int answer(void) {
    return 42;
}

/* A socket that listens on each of this machine's addresses, or -1. */
int listen_on(int port) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    return bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 16) ? -1 : listener;
}

/* Puts into text what a server at HOST:PORT, which the system's authorities vouch for, answers: how much, or -1. */
int https(const char *address, const char *request, char *text, int room) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_default_verify_paths(context);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    BIO *server = BIO_new_ssl_connect(context);
    SSL *session = NULL;
    BIO_get_ssl(server, &session);
    BIO_set_conn_hostname(server, address);
    const char *host = BIO_get_conn_hostname(server);
    SSL_set_tlsext_host_name(session, host);
    int size = 0, part;
    int sent = SSL_set1_host(session, host) == 1 && BIO_puts(server, request) > 0;
    while (sent && (part = BIO_read(server, text + size, room - size)) > 0) size += part;
    if (!sent) ERR_print_errors_fp(stderr);
    BIO_free_all(server);
    SSL_CTX_free(context);
    return sent ? size : -1;
}
