package Native;

use XSLoader;

XSLoader::load();

1;
