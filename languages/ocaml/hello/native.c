#include <caml/mlvalues.h>

/* What the dev image compiled, for a program that the runtime image runs. */
value native_answer(value unit) {
    return Val_int(42);
}
