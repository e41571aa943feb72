<?php
// Prints the local time of Unix time 0. PHP itself does not read TZ; its zones are the system's, or its own.
date_default_timezone_set(getenv('TZ'));
echo date('H:i', 0), "\n";
