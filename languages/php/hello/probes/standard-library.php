<?php
// Prints each extension that is missing: those that PHP has by default, those that frameworks ask for, and those that lie in the
// extension folder and were not loaded.
const WANTED = 'Core ctype curl date dom fileinfo filter hash iconv json libxml mbstring mysqlnd openssl pcntl pcre PDO
    pdo_mysql pdo_pgsql pdo_sqlite Phar posix random readline Reflection session SimpleXML sockets sodium SPL sqlite3 standard
    tokenizer xml xmlreader xmlwriter zlib';

$loaded = array_map('strtolower', get_loaded_extensions());
$files = glob(ini_get('extension_dir') . '/*.so');
$wanted = [...preg_split('/\s+/', WANTED), ...array_map(fn ($file) => basename($file, '.so'), $files)];
foreach (array_unique(array_map('strtolower', $wanted)) as $name) {
    $there = $name === 'opcache' ? function_exists('opcache_get_status') : in_array($name, $loaded);
    echo $there ? '' : "$name\n";
}
fwrite(STDERR, count($loaded) . " extensions\n");
