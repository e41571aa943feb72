#include <php.h>

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(answer_arguments, 0, 0, IS_LONG, 0)
ZEND_END_ARG_INFO()

/* What the dev image compiled and the runtime image loads. */
PHP_FUNCTION(native_answer) {
    ZEND_PARSE_PARAMETERS_NONE();
    RETURN_LONG(42);
}

static const zend_function_entry functions[] = {
    PHP_FE(native_answer, answer_arguments)
    PHP_FE_END
};

zend_module_entry native_module_entry = {
    STANDARD_MODULE_HEADER, "native", functions, NULL, NULL, NULL, NULL, NULL, "1", STANDARD_MODULE_PROPERTIES
};

ZEND_GET_MODULE(native)
