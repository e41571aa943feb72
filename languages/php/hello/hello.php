<?php
// Answers on $PORT with the version of PHP, the time zone, and what a C extension says.

// PHP itself does not read TZ.
date_default_timezone_set(getenv('TZ') ?: 'UTC');
// Process 1 gets no default handlers: without this, SIGTERM would do nothing.
pcntl_async_signals(true);
pcntl_signal(SIGTERM, fn () => exit(0));

$server = stream_socket_server('tcp://0.0.0.0:' . (getenv('PORT') ?: '8080'));
while (true) {
    $connection = @stream_socket_accept($server, -1);
    if (!$connection) {
        continue;
    }
    while (rtrim((string) fgets($connection)) !== '') {
    }
    $body = json_encode([
        'language' => 'php',
        'version' => explode('-', PHP_VERSION)[0],
        'timezone' => date('O'),
        'native' => native_answer(),
    ]);
    $head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
    fwrite($connection, $head . 'Content-Length: ' . strlen($body) . "\r\n\r\n$body");
    fclose($connection);
}
