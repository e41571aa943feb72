PHP_ARG_ENABLE([native], [for the native extension], [AS_HELP_STRING([--enable-native], [Say 42])], [yes])
PHP_NEW_EXTENSION([native], [native.c], [$ext_shared])
