#include <ruby.h>

/* What the dev image compiled and the runtime image loads. */
static VALUE answer(VALUE self) {
    return INT2NUM(42);
}

void Init_native(void) {
    rb_define_singleton_method(rb_define_module("Native"), "answer", answer, 0);
}
