#include "EXTERN.h"
#include "perl.h"
#include "XSUB.h"

MODULE = Native  PACKAGE = Native

# What the dev image compiled and the runtime image loads.
int
answer()
  CODE:
    RETVAL = 42;
  OUTPUT:
    RETVAL
